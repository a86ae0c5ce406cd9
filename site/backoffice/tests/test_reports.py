"""Every report opens, with the figures that the tables have."""

from __future__ import annotations

import csv

import pytest
from django.test import Client
from oscar.core.loading import get_class

from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db

PERIOD = {"date_from": "2020-01-01", "date_to": "2100-01-01"}
CODES = [
    generator.code
    for generator in get_class(
        "dashboard.reports.utils", "GeneratorRepository"
    )().get_report_generators()
]


@pytest.fixture
def shop() -> None:
    """A guest who ordered and fills the next basket, and a customer with an open one."""
    lamp, chair = ProductFactory(title="Lamp"), ProductFactory(title="Chair")
    guest, customer = Browser(), Browser()
    guest.order(lamp)
    guest.add(chair)
    customer.force_login(User.objects.create_user("ada@example.org"))
    customer.add(lamp, 2)
    customer.add(chair)


@pytest.fixture
def administrator(shop) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org"))
    return client


def report(client: Client, code: str, **more: str):
    return client.get("/dashboard/reports/", PERIOD | {"report_type": code} | more)


def rows(client: Client, code: str) -> list[dict[str, str]]:
    text = report(client, code, download="1").content.decode()
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("code", CODES)
def test_report_opens_and_can_be_downloaded(administrator, code):
    assert report(administrator, code).status_code == 200
    assert report(administrator, code, download="1").status_code == 200


def test_baskets_are_reported_with_what_is_in_them(administrator):
    opened = rows(administrator, "open_baskets")
    submitted = rows(administrator, "submitted_baskets")

    assert [(row["Email"], row["Num lines"], row["Num items"]) for row in opened] == [
        ("ada@example.org", "2", "3"),
        ("", "1", "1"),
    ]
    assert [(row["Num lines"], row["Num items"]) for row in submitted] == [("1", "1")]


def test_report_costs_the_same_for_more_baskets(
    administrator, django_assert_max_num_queries
):
    for _ in range(10):
        Browser().add(ProductFactory())

    # Session, person, permissions, count, baskets, lines; the rest is the back office's shell.
    with django_assert_max_num_queries(20):
        report(administrator, "open_baskets")
