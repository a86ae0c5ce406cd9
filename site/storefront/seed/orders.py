"""Customers and what they bought in two years."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from oscar.core.loading import get_model

from catalogue.partner.models import StockRecord
from catalogue.partner.tax import tax_split
from checkout.order import statuses
from checkout.order.numbers import order_number_generate
from checkout.shipping.methods import Standard
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.context import shop_context
from storefront.demo.specs import CustomerSpec, DemoCatalogue, OrderSpec

BillingAddress = get_model("order", "BillingAddress")
Country = get_model("address", "Country")
Line = get_model("order", "Line")
LinePrice = get_model("order", "LinePrice")
Order = get_model("order", "Order")
ShippingAddress = get_model("order", "ShippingAddress")
ShippingEvent = get_model("order", "ShippingEvent")
ShippingEventQuantity = get_model("order", "ShippingEventQuantity")
ShippingEventType = get_model("order", "ShippingEventType")
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")
UserAddress = get_model("address", "UserAddress")
Voucher = get_model("voucher", "Voucher")
VoucherApplication = get_model("voucher", "VoucherApplication")


@transaction.atomic
def orders_seed(demo: DemoCatalogue) -> None:
    """Make the customers that are not there yet, each with the orders that are theirs."""
    known = set(User.objects.values_list("email", flat=True))
    customers = {spec.email: spec for spec in demo.customers if spec.email not in known}
    users = {email: _make_customer(spec) for email, spec in customers.items()}
    records = {
        record.partner_sku: record
        for record in StockRecord.objects.select_related(
            "product", "partner", "tax_class"
        ).filter(
            partner_sku__in={line.sku for order in demo.orders for line in order.lines}
        )
    }
    orders = [
        _make_order(spec, customers[spec.customer], users[spec.customer], records)
        for spec in demo.orders
        if spec.customer in customers
    ]
    if orders:
        _use_up_vouchers(demo, orders[-1])


def _address(spec: CustomerSpec) -> dict:
    return {
        "first_name": spec.first_name,
        "last_name": spec.last_name,
        "line1": spec.line1,
        "line4": spec.city,
        "postcode": spec.postcode,
        "country": Country.objects.get(iso_3166_1_a2=spec.country),
    }


def _make_customer(spec: CustomerSpec) -> User:
    user = User.objects.create_user(
        spec.email,
        first_name=spec.first_name,
        last_name=spec.last_name,
        email_verified_at=clock.now(),
    )
    UserAddress.objects.create(
        user=user, is_default_for_shipping=True, **_address(spec)
    )
    return user


def _make_order(spec: OrderSpec, customer: CustomerSpec, user: User, records: dict):
    placed = clock.now() - timedelta(
        days=spec.days_ago, minutes=spec.days_ago * 37 % 720
    )
    address = _address(customer)
    order = Order(
        number=order_number_generate(),
        user=None if spec.is_guest else user,
        guest_email=customer.email if spec.is_guest else "",
        currency=shop_context().currency,
        shipping_method=str(Standard.name),
        shipping_code=Standard.code,
        shipping_address=ShippingAddress.objects.create(**address),
        billing_address=BillingAddress.objects.create(**address),
        status=spec.status,
        date_placed=placed,
    )
    lines = [_line(order, line, records[line.sku]) for line in spec.lines]
    goods_incl_tax = sum(line.line_price_incl_tax for line in lines)
    goods_excl_tax = sum(line.line_price_excl_tax for line in lines)
    shipping = tax_split(
        amount=Standard.charge(goods_incl_tax),
        rate=Decimal("0.2"),
        tax_mode=shop_context().tax_mode,
    )
    order.shipping_incl_tax = shipping.incl_tax
    order.shipping_excl_tax = shipping.excl_tax
    order.total_incl_tax = goods_incl_tax + shipping.incl_tax
    order.total_excl_tax = goods_excl_tax + shipping.excl_tax
    if spec.status == statuses.CANCELLED:
        order.cancelled_incl_tax = order.total_incl_tax
        order.cancelled_excl_tax = order.total_excl_tax
    order.save()
    Line.objects.bulk_create(lines)
    LinePrice.objects.bulk_create(_line_price(line) for line in lines)
    _pay(order, spec)
    if spec.status == statuses.COMPLETED:
        _ship(order, lines)
    if spec.status in statuses.OPEN:
        _reserve(lines)
    return order


def _line(order, spec, record):
    price = tax_split(
        amount=record.price * spec.quantity,
        rate=record.tax_class.rate,
        tax_mode=shop_context().tax_mode,
    )
    unit = tax_split(
        amount=record.price,
        rate=record.tax_class.rate,
        tax_mode=shop_context().tax_mode,
    )
    return Line(
        order=order,
        partner=record.partner,
        partner_name=record.partner.name,
        partner_sku=record.partner_sku,
        stockrecord=record,
        product=record.product,
        title=record.product.get_title(),
        upc=record.product.upc,
        quantity=spec.quantity,
        line_price_incl_tax=price.incl_tax,
        line_price_excl_tax=price.excl_tax,
        line_price_before_discounts_incl_tax=price.incl_tax,
        line_price_before_discounts_excl_tax=price.excl_tax,
        unit_price_incl_tax=unit.incl_tax,
        unit_price_excl_tax=unit.excl_tax,
        tax_code=record.tax_class.code,
        status=order.status,
        num_allocated=0,
        num_cancelled=spec.quantity if order.status == statuses.CANCELLED else 0,
    )


def _line_price(line):
    return LinePrice(
        order=line.order,
        line=line,
        quantity=line.quantity,
        price_incl_tax=line.unit_price_incl_tax,
        price_excl_tax=line.unit_price_excl_tax,
        tax_code=line.tax_code,
    )


def _pay(order, spec: OrderSpec) -> None:
    invoice, _ = SourceType.objects.get_or_create(name="Invoice")
    paid = order.total_incl_tax if spec.status == statuses.COMPLETED else Decimal(0)
    Source.objects.create(
        order=order,
        source_type=invoice,
        currency=order.currency,
        amount_allocated=order.total_incl_tax,
        amount_debited=paid,
        reference=order.number,
    )


def _reserve(lines) -> None:
    """Have in stock what is still to be shipped, on top of what can be bought."""
    for line in lines:
        if line.can_track_allocations:
            StockRecord.objects.filter(pk=line.stockrecord.pk).update(
                num_in_stock=F("num_in_stock") + line.quantity,
                num_allocated=Coalesce("num_allocated", 0) + line.quantity,
            )
            line.num_allocated = line.quantity
    Line.objects.bulk_update(lines, ["num_allocated"])


def _ship(order, lines) -> None:
    shipped, _ = ShippingEventType.objects.get_or_create(name="Shipped")
    event = ShippingEvent.objects.create(order=order, event_type=shipped)
    ShippingEventQuantity.objects.bulk_create(
        ShippingEventQuantity(event=event, line=line, quantity=line.quantity)
        for line in lines
    )


def _use_up_vouchers(demo: DemoCatalogue, order) -> None:
    for spec in demo.vouchers:
        if spec.case != "used-up":
            continue
        voucher = Voucher.objects.get(code=spec.code)
        VoucherApplication.objects.create(voucher=voucher, order=order, user=order.user)
        Voucher.objects.filter(pk=voucher.pk).update(num_orders=1)
