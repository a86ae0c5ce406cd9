import io

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import call_command
from wagtail.models import Page

from catalogue.partner.models import PriceChange, StockRecord
from foundation.core.context import shop_context
from foundation.media.models import LibraryImage
from storefront.demo.hard_cases import HARD_CASES

SEEDED = [
    "catalogue.Product",
    "catalogue.ProductImage",
    "catalogue.Category",
    "cms_pages.Menu",
    "media.LibraryImage",
    "offer.ConditionalOffer",
    "order.Order",
    "order.Line",
    "partner.PriceChange",
    "partner.StockRecord",
    "reviews.ProductReview",
    "voucher.Voucher",
    "wagtailcore.Page",
    "wagtailcore.Revision",
]


def seed(*arguments: str) -> str:
    output = io.StringIO()
    call_command("seed", *arguments, stdout=output)
    return output.getvalue()


def counts() -> dict[str, int]:
    return {label: apps.get_model(label).objects.count() for label in SEEDED}


@pytest.mark.usefixtures("demo_db")
class TestTinyShop:
    def test_second_run_changes_nothing(self):
        before = counts()

        seed("--size", "tiny", "--hard-cases")

        assert counts() == before

    def test_what_was_promised_is_there(self):
        Product = apps.get_model("catalogue", "Product")

        assert Product.objects.browsable_dashboard().count() == 24 + len(HARD_CASES)
        assert Page.objects.live().filter(depth__gt=1).count() == 8
        assert not StockRecord.objects.filter(price=None).exists()
        assert not LibraryImage.objects.filter(manifest={}).exists()

    def test_every_price_is_the_last_of_its_history(self):
        for record in StockRecord.objects.all():
            last = PriceChange.objects.filter(
                stockrecord=record, is_window=False
            ).first()
            assert last is not None
            assert last.amount == record.price

    def test_hard_cases_are_in_the_shop(self):
        Product = apps.get_model("catalogue", "Product")
        children = [
            product.children.count()
            for product in Product.objects.filter(structure="parent")
        ]

        assert max(children) == 96
        assert Product.objects.filter(title__contains="<script>").exists()
        assert Product.objects.filter(parent=None, images=None).exists()
        assert Product.objects.filter(is_public=False, parent=None).exists()
        assert StockRecord.objects.filter(price="0.01").exists()
        assert StockRecord.objects.filter(num_in_stock=1).exists()

    def test_staff_log_ins_work_and_are_shown_once(self):
        first, second = (
            seed("--size", "tiny", "--staff"),
            seed("--staff", "--size", "tiny"),
        )

        pairs = [line.split() for line in first.splitlines() if "@" in line]
        assert len(pairs) == 4
        for email, password in pairs:
            assert authenticate(username=email, password=password).is_staff
            assert password not in second

    def test_prices_are_in_the_shops_currency(self):
        currencies = set(StockRecord.objects.values_list("price_currency", flat=True))

        assert currencies == {shop_context().currency}


@pytest.mark.slow
def test_default_shop_has_what_was_promised(real_db):
    seed("--size", "default")

    Product = apps.get_model("catalogue", "Product")
    assert Product.objects.browsable_dashboard().count() == 240
    assert 800 <= StockRecord.objects.count() <= 1000
    assert apps.get_model("catalogue", "Category").objects.count() == 36
    assert Page.objects.live().filter(depth__gt=1).count() == 28
    assert apps.get_model("order", "Order").objects.count() == 300
    assert LibraryImage.objects.count() >= 300
