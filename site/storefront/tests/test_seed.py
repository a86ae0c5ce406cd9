import io
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from backoffice.roles import PERMISSIONS
from catalogue.partner.models import PriceChange, StockRecord
from foundation.core.context import shop_context
from foundation.core.models import OutboxEntry
from foundation.core.queueing import enqueue_on_commit
from foundation.media.models import LibraryImage
from storefront.demo.hard_cases import HARD_CASES
from storefront.seed.logins import demo_logins, logins_seed
from storefront.settings.env import ROOT

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


def database_url() -> str:
    parts = {key: quote(str(value)) for key, value in connection.settings_dict.items()}
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**parts)


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

    def test_log_ins_work_and_are_shown_once(self):
        first, second = (
            seed("--size", "tiny", "--log-ins"),
            seed("--log-ins", "--size", "tiny"),
        )

        pairs = [line.split() for line in first.splitlines() if "@" in line]
        users = [authenticate(username=email, password=word) for email, word in pairs]
        assert [user.is_staff for user in users] == [True] * 4 + [False]
        assert users[-1].orders.exists()
        for _email, password in pairs:
            assert password not in second

    def test_log_ins_of_a_demo_can_be_shown_again(self, settings):
        settings.DEMO = True

        said = seed("--size", "tiny", "--log-ins")
        shown = io.StringIO()
        call_command("demo_logins", stdout=shown)

        logins = demo_logins()
        assert [login.role for login in logins] == [*PERMISSIONS, ""]
        for login in logins:
            assert authenticate(username=login.email, password=login.password)
            assert f"{login.email} " in shown.getvalue()
            assert login.password in shown.getvalue()
            assert login.password not in said

    def test_log_in_pages_of_a_demo_show_the_log_ins(self, settings):
        settings.DEMO = True
        logins_seed()

        office = Client().get(reverse("wagtailadmin_login")).content.decode()
        shop = Client().get(reverse("customer:login")).content.decode()

        for login in demo_logins():
            assert login.password in shop
            assert (login.password in office) == bool(login.role)

    def test_log_in_pages_of_a_shop_show_none(self):
        passwords = logins_seed()

        for name in ("wagtailadmin_login", "customer:login"):
            page = Client().get(reverse(name)).content.decode()
            assert "Log-ins of this demo" not in page
            assert not [word for word in passwords.values() if word in page]
        with pytest.raises(CommandError, match="no demo"):
            call_command("demo_logins")
        assert len(passwords) == 5

    def test_jobs_that_the_seed_leaves_are_worked_off(self):
        enqueue_on_commit("foundation.core.tasks.sent_mails_forget")

        # A process of its own knows only the tasks that it loads.
        subprocess.run(
            [sys.executable, "manage.py", "seed", "--size=tiny", "--hard-cases"],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "storefront.settings.test",
                "DATABASE_URL": database_url(),
            },
            check=True,
            capture_output=True,
        )

        assert not OutboxEntry.objects.exists()

    def test_prices_are_in_the_shops_currency(self):
        currencies = set(StockRecord.objects.values_list("price_currency", flat=True))

        assert currencies == {shop_context().currency}
