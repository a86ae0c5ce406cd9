"""How an order is written: in a fixed number of statements, whatever the number of its lines."""

from __future__ import annotations

from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import (
    Case,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from oscar.apps.order.signals import order_placed
from oscar.apps.order.utils import OrderCreator as OscarOrderCreator
from oscar.apps.order.utils import OrderDispatcher
from oscar.apps.order.utils import OrderNumberGenerator as OscarOrderNumberGenerator

from catalogue.partner.models import StockRecord
from catalogue.partner.services import stock_alerts_open
from checkout.basket.models import choices_load
from checkout.basket.selectors import variant_labels
from checkout.order.models import (
    Line,
    LineAttribute,
    LinePrice,
    Order,
    OrderDiscount,
    OrderLineDiscount,
)
from checkout.order.numbers import order_number_generate
from checkout.order.statuses import INITIAL_LINE_STATUS, INITIAL_STATUS
from foundation.core.errors import DomainError

__all__ = ["OrderCreator", "OrderDispatcher", "OrderNumberGenerator", "OutOfStockError"]

NUMBER_ATTEMPTS = 5


class OutOfStockError(DomainError):
    """Somebody else took the last one; nothing was written."""


class OrderNumberGenerator(OscarOrderNumberGenerator):
    def order_number(self, basket=None):
        """A random number; the database's unique constraint decides whether it is free."""
        return order_number_generate()


class OrderCreator(OscarOrderCreator):
    """Writes an order and takes its stock, all or nothing.

    The caller holds the locks of ``checkout.order.locking`` and a basket that was
    read after them, offers applied.
    """

    def place_order(  # noqa: PLR0913, PLR0917  # Oscar's signature
        self,
        basket,
        total,
        shipping_method,
        shipping_charge,
        user=None,
        shipping_address=None,
        billing_address=None,
        order_number=None,
        status=None,
        request=None,
        surcharges=None,
        **kwargs,
    ):
        """The new order. Raises ``OutOfStockError`` where a line can't be had any more."""
        if basket.is_empty:
            raise ValueError("An empty basket can't be ordered.")
        with transaction.atomic(savepoint=False):
            order = self.create_order_model(
                user,
                basket,
                shipping_address,
                shipping_method,
                shipping_charge,
                billing_address,
                total,
                order_number,
                status or INITIAL_STATUS,
                request,
                surcharges=surcharges,
                **kwargs,
            )
            lines = list(basket.all_lines())
            discounts = self.create_discounts(order, basket, shipping_method)
            self.create_lines(order, lines, discounts)
            for voucher in vouchers_used(basket):
                self.record_voucher_usage(order, voucher, user)
            self.allocate_stock(lines)
        order_placed.send(sender=self, order=order, user=user)
        return order

    def create_order_model(self, *args, **kwargs):
        """The order's row; a number that is already taken is drawn anew."""
        arguments = list(args)
        for _attempt in range(NUMBER_ATTEMPTS):
            arguments[7] = args[7] or OrderNumberGenerator().order_number()
            try:
                with transaction.atomic():
                    return super().create_order_model(*arguments, **kwargs)
            except IntegrityError:
                if args[7] or not Order.objects.filter(number=arguments[7]).exists():
                    raise
        raise IntegrityError("No free order number was drawn.")

    def create_discounts(self, order, basket, shipping_method) -> dict[int | None, int]:
        """Write what each offer gave and count its use; offer's primary key → discount's."""
        discounts = []
        for application in basket.offer_applications:
            offer, result = application["offer"], application["result"]
            application["message"] = offer.apply_deferred_benefit(
                basket, order, application
            )
            if result.affects_shipping:
                application["discount"] = shipping_method.discount(basket)
                if not application["discount"]:
                    continue
            discounts.append(self.build_discount(order, application))
            self.record_discount(application)
        created = OrderDiscount.objects.bulk_create(discounts)
        return {discount.offer_id: discount.pk for discount in created}

    def build_discount(self, order, application) -> OrderDiscount:
        result, voucher = application["result"], application["voucher"]
        category = OrderDiscount.BASKET
        if result.affects_shipping:
            category = OrderDiscount.SHIPPING
        elif result.affects_post_order:
            category = OrderDiscount.DEFERRED
        return OrderDiscount(
            order=order,
            category=category,
            offer_id=application["offer"].pk,
            offer_name=application["offer"].name,
            voucher_id=voucher.pk if voucher else None,
            voucher_code=voucher.code if voucher else "",
            frequency=application["freq"],
            amount=application["discount"],
            message=application["message"] or "",
        )

    def record_discount(self, discount):
        """Count the offer's and voucher's use by ``F()``: two orders at once lose none (Oscar 4.2 does)."""
        offer, voucher = discount["offer"], discount["voucher"]
        type(offer).objects.filter(pk=offer.pk).update(
            num_applications=F("num_applications") + discount["freq"],
            total_discount=F("total_discount") + discount["discount"],
            num_orders=F("num_orders") + 1,
        )
        if offer.max_global_applications or offer.max_discount:
            offer.refresh_from_db()
            offer.save(update_fields=["status"])
        if voucher:
            type(voucher).objects.filter(pk=voucher.pk).update(
                total_discount=F("total_discount") + discount["discount"]
            )

    def record_voucher_usage(self, order, voucher, user):
        voucher.applications.create(
            order=order, user=user if user and user.is_authenticated else None
        )
        type(voucher).objects.filter(pk=voucher.pk).update(
            num_orders=F("num_orders") + 1
        )

    def create_lines(
        self, order, basket_lines, discounts: dict[int | None, int]
    ) -> None:
        """Lines, their prices by unit, options and shares of the discounts: at most six statements."""
        choices_load(basket_lines)
        labels = variant_labels(each.product for each in basket_lines)
        lines = Line.objects.bulk_create(
            [
                self.build_line(order, each, labels.get(each.product_id, ""))
                for each in basket_lines
            ]
        )
        pairs = list(zip(lines, basket_lines, strict=True))
        LinePrice.objects.bulk_create(
            [
                LinePrice(
                    order=order,
                    line=line,
                    quantity=quantity,
                    price_incl_tax=incl_tax,
                    price_excl_tax=excl_tax,
                    tax_code=basket_line.purchase_info.price.tax_code,
                )
                for line, basket_line in pairs
                for incl_tax, excl_tax, quantity in basket_line.get_price_breakdown()
            ]
        )
        LineAttribute.objects.bulk_create(
            [
                # Oscar (4.2) keeps the code as the type: nobody could read it any more
                # once the option is deleted.
                LineAttribute(line=line, option=option, type=option.name, value=value)
                for line, basket_line in pairs
                for option, value in basket_line.choices
            ]
        )
        OrderLineDiscount.objects.bulk_create(
            [
                OrderLineDiscount(
                    line=line,
                    order_discount_id=discounts[discount.offer.pk],
                    is_incl_tax=discount.incl_tax,
                    amount=discount.amount,
                )
                for line, basket_line in pairs
                for discount in basket_line.discounts
                if discount.offer and discount.offer.pk in discounts
            ]
        )

    def build_line(self, order, basket_line, label: str) -> Line:
        product, stockrecord = basket_line.product, basket_line.stockrecord
        title = " – ".join(part for part in (product.get_title(), label) if part)
        return Line(
            order=order,
            partner=stockrecord.partner,
            partner_name=stockrecord.partner.name,
            partner_sku=stockrecord.partner_sku,
            stockrecord=stockrecord,
            product=product,
            title=title[:255],
            upc=product.upc,
            quantity=basket_line.quantity,
            line_price_excl_tax=basket_line.line_price_excl_tax_incl_discounts,
            line_price_incl_tax=basket_line.line_price_incl_tax_incl_discounts,
            line_price_before_discounts_excl_tax=basket_line.line_price_excl_tax,
            line_price_before_discounts_incl_tax=basket_line.line_price_incl_tax,
            unit_price_incl_tax=basket_line.unit_price_incl_tax,
            unit_price_excl_tax=basket_line.unit_price_excl_tax,
            tax_code=basket_line.purchase_info.price.tax_code,
            num_allocated=basket_line.quantity,
            status=INITIAL_LINE_STATUS,
        )

    def allocate_stock(self, basket_lines) -> None:
        """Take the stock of all lines by one conditional update: nobody is sold what is not there.

        Opens an alert where little is left. Right without any lock. Raises ``OutOfStockError``.
        """
        wanted: Counter[int] = Counter()
        for line in basket_lines:
            if line.product.get_product_class().track_stock:
                wanted[line.stockrecord_id] += line.quantity
        if not wanted:
            return
        allocated = Coalesce(F("num_allocated"), 0)
        enough = Q()
        for pk, quantity in wanted.items():
            enough |= Q(pk=pk, num_in_stock__gte=allocated + quantity)
        taken = StockRecord.objects.filter(enough).update(
            num_allocated=allocated
            + Case(
                *(When(pk=pk, then=Value(quantity)) for pk, quantity in wanted.items()),
                output_field=IntegerField(),
            )
        )
        if taken != len(wanted):
            raise OutOfStockError(_("Something in your basket has just been sold."))
        stock_alerts_open(stockrecords=wanted)


def vouchers_used(basket) -> list:
    """The vouchers that gave something; one that is only noted stays unused."""
    used = [application["voucher"] for application in basket.offer_applications]
    return list({voucher.pk: voucher for voucher in used if voucher}.values())
