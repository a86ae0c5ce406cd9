"""Prices, stock and variants by the forms of the dashboard."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from backoffice import roles
from backoffice.catalogue.forms import StockRecordForm, VariantsForm
from catalogue import factories
from catalogue.partner.models import PriceChange, PriceWindow
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchandiser(client):
    user = User.objects.create_user("m@example.com")
    user.groups.add(Group.objects.get(name=roles.MERCHANDISER))
    client.force_login(user)
    return user


def form_for(record, user, **changes):
    values = {
        "partner": record.partner_id,
        "partner_sku": record.partner_sku,
        "price_currency": record.price_currency,
        "tax_class": record.tax_class_id,
        "num_in_stock": record.num_in_stock,
        "price": record.price,
    }
    product = record.product
    return StockRecordForm(
        product.product_class, user, values | changes, instance=record
    )


@pytest.fixture
def record(db):
    return factories.ProductFactory(
        stockrecords__price=Decimal("12.00")
    ).stockrecords.get()


def test_new_price_is_written_with_its_actor(record, merchandiser):
    form = form_for(record, merchandiser, price="9.90")

    assert form.is_valid(), form.errors
    form.save()

    record.refresh_from_db()
    assert record.price == Decimal("9.90")
    change = PriceChange.objects.latest("pk")
    assert (change.amount, change.previous) == (Decimal("9.90"), Decimal("12.00"))
    assert change.actor == merchandiser


def test_same_price_writes_no_history(record, merchandiser):
    count = PriceChange.objects.count()

    form = form_for(record, merchandiser, num_in_stock=3)
    assert form.is_valid(), form.errors
    form.save()

    record.refresh_from_db()
    assert record.num_in_stock == 3
    assert PriceChange.objects.count() == count


def test_planned_price_leaves_the_base_price(record, merchandiser):
    form = form_for(
        record,
        merchandiser,
        planned_price="8.00",
        planned_from="2030-01-01T00:00",
        planned_until="2030-02-01T00:00",
    )

    assert form.is_valid(), form.errors
    form.save()

    record.refresh_from_db()
    window = PriceWindow.objects.get()
    assert record.price == Decimal("12.00")
    assert (window.amount, window.starts.year) == (Decimal("8.00"), 2030)


def test_planned_price_can_be_taken_back(record, merchandiser):
    plan = form_for(
        record, merchandiser, planned_price="8.00", planned_from="2030-01-01T00:00"
    )
    assert plan.is_valid(), plan.errors
    plan.save()

    form = form_for(record, merchandiser, cancelled=[PriceWindow.objects.get().pk])
    assert form.is_valid(), form.errors
    form.save()

    assert not PriceWindow.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "0"}, "price"),
        ({"price": "-3"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"price": ""}, "price"),
        ({"price": "dear"}, "price"),
        ({"num_in_stock": "-1"}, "num_in_stock"),
        ({"planned_price": "5"}, "planned_from"),
        ({"planned_from": "2030-01-01T00:00"}, "planned_price"),
        (
            {
                "planned_price": "5",
                "planned_from": "2030-02-01T00:00",
                "planned_until": "2030-01-01T00:00",
            },
            "planned_until",
        ),
    ],
)
def test_bad_value_is_said_at_its_field_and_nothing_changes(
    record, merchandiser, changes, field
):
    count = PriceChange.objects.count()

    form = form_for(record, merchandiser, **changes)

    assert field in form.errors
    record.refresh_from_db()
    assert record.price == Decimal("12.00")
    assert PriceChange.objects.count() == count


def test_currency_of_a_price_cannot_be_changed(record, merchandiser):
    form = form_for(record, merchandiser, price_currency="USD")

    assert form.is_valid(), form.errors
    form.save()

    record.refresh_from_db()
    assert record.price_currency == "EUR"


@pytest.fixture
def parent(db):
    parent = factories.ParentFactory()
    factories.AxisFactory(product_class=parent.product_class, options=["Red", "Blue"])
    factories.PartnerFactory()
    return parent


def test_variants_are_made_with_price_and_stock(client, merchandiser, parent):
    [axis] = parent.product_class.attributes.filter(code="colour")

    client.post(
        reverse("dashboard:catalogue-product-variants", args=[parent.pk]),
        {
            "axis_colour": [option.pk for option in axis.option_group.options.all()],
            "price": "20.00",
            "num_in_stock": "4",
        },
    )

    records = [child.stockrecords.get() for child in parent.children.all()]
    assert [(each.price, each.num_in_stock) for each in records] == [
        (Decimal("20.00"), 4)
    ] * 2


@pytest.mark.parametrize(
    "data", [{}, {"axis_colour": ["999999"]}, {"axis_colour": ["x"], "price": "1"}]
)
def test_variants_without_options_are_refused(parent, data):
    form = VariantsForm(data, product=parent)

    assert not form.is_valid()


def test_prices_of_several_products_change_through_the_one_writer(client, merchandiser):
    products = [factories.ProductFactory() for _ in range(2)]
    client.post(
        reverse("dashboard:catalogue-product-list"),
        {"action": "set_product_price", "selected_product": [p.pk for p in products]},
        follow=True,
    )
    confirm = client.session["bulk_intermediate"]
    [key] = confirm

    response = client.post(
        reverse("dashboard:catalogue-product-bulk-action") + f"?key={key}",
        {
            "selected_products": [product.pk for product in products],
            "partners": [products[0].stockrecords.get().partner_id],
            "increase_by_percentage": "10",
            "confirm_irreversible": "on",
        },
    )

    assert response.status_code == 302
    assert {p.stockrecords.get().price for p in products} == {Decimal("13.20")}
    assert PriceChange.objects.filter(actor=merchandiser).count() == 2
