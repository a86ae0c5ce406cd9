"""Every report, tile and list has the figures that plain SQL finds (docs/reference/figures.md)."""

# ruff: noqa: S608 - the statements are made of constants

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.utils.formats import number_format
from oscar.core.loading import get_model
from oscar.test import factories as oscar

from backoffice.selectors import shop_summary
from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from checkout.order import statuses
from checkout.order.models import Line, Order
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db

REVENUE = "total_incl_tax - cancelled_incl_tax"
COUNTED = "status IN ('confirmed', 'completed') AND currency = 'EUR'"
NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)
LATE = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)  # 23:30 in the shop's time zone
NEXT_DAY = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # 0:30 on the 11th


@pytest.fixture(autouse=True)
def berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def lamp():
    return ProductFactory(title="Lamp")


@pytest.fixture
def chair():
    return ProductFactory(title="Chair")


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.org", first_name="Ada")


@pytest.fixture
def orders(lamp, chair, ada) -> dict[str, Order]:
    """Three orders that count, one on the next day, and four that don't.

    Of the first one a lamp of two and the only chair are cancelled.
    """
    placed = {}
    for name, status, moment, user in [
        ("confirmed", statuses.CONFIRMED, NOON, ada),
        ("completed", statuses.COMPLETED, LATE, ada),
        ("next day", statuses.CONFIRMED, NEXT_DAY, None),
        ("pending", statuses.PENDING_PAYMENT, NOON, ada),
        ("cancelled", statuses.CANCELLED, NOON, ada),
        ("expired", statuses.EXPIRED, NOON, None),
        ("dollars", statuses.CONFIRMED, NOON, ada),
    ]:
        placed[name] = order = Order.objects.create(
            number=f"N{len(placed)}",
            status=status,
            date_placed=moment,
            user=user,
            guest_email="" if user else "guest@example.org",
            currency="USD" if name == "dollars" else "EUR",
            total_incl_tax=Decimal("171.50") + len(placed) + Decimal("4.90"),
            total_excl_tax=Decimal("144.12") + len(placed) + Decimal("4.12"),
            shipping_incl_tax=Decimal("4.90"),
            shipping_excl_tax=Decimal("4.12"),
        )
        for product, quantity, amount in [(lamp, 2, "100.00"), (chair, 1, "71.50")]:
            line_create(order, product, quantity, Decimal(amount) + len(placed))
    placed["confirmed"].lines.filter(product=lamp).update(num_cancelled=1)
    placed["confirmed"].lines.filter(product=chair).update(num_cancelled=1)
    Order.objects.filter(pk=placed["confirmed"].pk).update(
        cancelled_incl_tax=Decimal("123.50"), cancelled_excl_tax=Decimal("103.78")
    )
    return placed


def line_create(order: Order, product, quantity: int, amount: Decimal) -> Line:
    return order.lines.create(
        product=product,
        title=product.title,
        quantity=quantity,
        num_allocated=quantity,
        line_price_incl_tax=amount,
        line_price_excl_tax=amount,
        line_price_before_discounts_incl_tax=amount,
        line_price_before_discounts_excl_tax=amount,
    )


@pytest.fixture
def administrator(orders) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org"))
    return client


def sql(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def day(first: str, last: str) -> str:
    return (
        "(date_placed AT TIME ZONE 'Europe/Berlin')::date"
        f" BETWEEN '{first}' AND '{last}'"
    )


def report(client: Client, code: str, **more: str) -> str:
    response = client.get("/dashboard/reports/", {"report_type": code} | more)
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, code: str, **more: str) -> list[dict[str, str]]:
    text = report(client, code, download="1", **more)
    return list(csv.DictReader(text.splitlines()))


def cells(page: str) -> list[list[str]]:
    """The texts of the cells of the rows of the shop's tables."""
    tables = "".join(re.findall(r'<table class="table.*?</table>', page, re.S))
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", tables, re.S)
    ]


def euros(amount: Decimal) -> str:
    return f"€{number_format(amount, 2, use_l10n=True, force_grouping=True)}"


MARCH_10 = {"date_from": "2026-03-10", "date_to": "2026-03-10"}
PERIODS = [
    ({}, "true"),
    (MARCH_10, day("2026-03-10", "2026-03-10")),
    ({"date_to": "2026-03-10"}, day("2000-01-01", "2026-03-10")),
    ({"date_from": "2026-03-11"}, day("2026-03-11", "2100-01-01")),
]
each_period = pytest.mark.parametrize(
    ("period", "condition"), PERIODS, ids=["ever", "day", "until", "since"]
)


@each_period
def test_orders_are_reported_that_count(administrator, period, condition):
    expected = sql(
        f"SELECT number, {REVENUE} FROM order_order WHERE {COUNTED} AND {condition}"
        " ORDER BY date_placed DESC"
    )

    downloaded = rows(administrator, "order_report", **period)
    shown = cells(report(administrator, "order_report", **period))

    assert [
        (row["Order number"], Decimal(row["Total incl. tax"])) for row in downloaded
    ] == expected
    assert [(row[0], row[3]) for row in shown[1:]] == [
        (number, euros(total)) for number, total in expected
    ]


@each_period
def test_products_are_reported_with_what_was_sold(
    administrator, lamp, period, condition
):
    Line.objects.filter(pk=Line.objects.filter(product=lamp).latest("pk").pk).update(
        title="Lantern"
    )
    expected = sql(
        "SELECT CASE product.title WHEN 'Lamp' THEN 'Lantern' ELSE product.title END,"
        " count(DISTINCT o.id), sum(quantity - num_cancelled),"
        " sum(line_price_incl_tax - round(line_price_incl_tax * num_cancelled / quantity, 2))"
        " FROM order_line line JOIN order_order o ON o.id = line.order_id"
        " JOIN catalogue_product product ON product.id = line.product_id"
        f" WHERE num_cancelled < quantity AND {COUNTED.replace('status', 'o.status')} AND {condition}"
        " GROUP BY product.title ORDER BY 3 DESC"
    )

    downloaded = rows(administrator, "product_analytics", **period)
    shown = cells(report(administrator, "product_analytics", **period))

    assert [
        (
            row["Product"],
            int(row["Orders"]),
            int(row["Items"]),
            Decimal(row["Revenue incl. tax"]),
        )
        for row in downloaded
    ] == expected
    assert shown[1:] == [
        [title, str(count), str(items), euros(revenue)]
        for title, count, items, revenue in expected
    ]


def test_deleted_products_are_reported_by_the_name_in_the_order(administrator, lamp):
    lamp.delete()

    assert [
        (row["Product"], row["Items"])
        for row in rows(administrator, "product_analytics")
    ] == [("Lamp", "5"), ("Chair", "2")]


@each_period
def test_customers_are_reported_with_what_they_bought(administrator, period, condition):
    expected = sql(
        "SELECT email, count(*), sum(items), sum(total_incl_tax - cancelled_incl_tax), max(date_placed) FROM ("
        "  SELECT o.*, person.email, (SELECT sum(quantity - num_cancelled) FROM order_line"
        "    WHERE order_id = o.id) AS items"
        "  FROM order_order o JOIN accounts_user person ON person.id = o.user_id"
        f") o WHERE {COUNTED} AND {condition} GROUP BY email"
    )

    downloaded = rows(administrator, "user_analytics", **period)
    shown = cells(report(administrator, "user_analytics", **period))

    assert [
        (
            row["Email"],
            int(row["Orders"]),
            int(row["Items"]),
            Decimal(row["Total spent"]),
        )
        for row in downloaded
    ] == [row[:4] for row in expected]
    assert [(row[0], row[3], row[4], row[5]) for row in shown[1:]] == [
        (email, str(count), str(items), euros(spent))
        for email, count, items, spent, _last in expected
    ]


@pytest.fixture
def discounts(orders) -> None:
    """What one offer and one voucher took off each order; the voucher is deleted since."""
    offer = oscar.ConditionalOfferFactory(name="Spring")
    for order in orders.values():
        for part in ("1.10", "2.20"):
            order.discounts.create(
                offer_id=offer.pk, offer_name="Winter", frequency=1, amount=part
            )
        order.discounts.create(
            offer_id=999,
            offer_name="Code",
            voucher_id=888,
            voucher_code="ADA",
            amount=5,
        )


@each_period
def test_discounts_are_reported_that_were_given(
    administrator, discounts, period, condition
):
    given = (
        "FROM order_orderdiscount given JOIN order_order o ON o.id = given.order_id"
        f" WHERE {COUNTED} AND {condition}"
    )
    [(by_offer, orders)] = sql(
        f"SELECT sum(amount), count(DISTINCT o.id) {given} AND offer_name = 'Winter'"
    )
    [(by_voucher,)] = sql(f"SELECT sum(amount) {given} AND voucher_code = 'ADA'")

    offers = rows(administrator, "conditional-offers", **period)
    vouchers = rows(administrator, "vouchers", **period)
    shown = cells(report(administrator, "vouchers", **period))

    assert sorted(
        (row["Offer"], int(row["Orders"]), Decimal(row["Total discount"]))
        for row in offers
    ) == [("Code", orders, by_voucher), ("Spring", orders, by_offer)]
    assert [tuple(row.values()) for row in vouchers] == [
        ("ADA", str(orders), str(by_voucher))
    ]
    assert shown[1:] == [["ADA", str(orders), euros(by_voucher)]]


@each_period
def test_statistics_add_up_the_orders_that_count(administrator, period, condition):
    [(count, revenue)] = sql(
        "SELECT count(*), sum(total_incl_tax - cancelled_incl_tax) FROM order_order"
        f" WHERE {COUNTED} AND {condition}"
    )
    [(lines, items)] = sql(
        "SELECT count(*), sum(quantity - num_cancelled) FROM order_line"
        " WHERE num_cancelled < quantity AND order_id IN"
        f" (SELECT id FROM order_order WHERE {COUNTED} AND {condition})"
    )
    by_status = dict(
        sql(
            f"SELECT status, count(*) FROM order_order WHERE {condition} GROUP BY status"
        )
    )

    page = administrator.get("/dashboard/orders/statistics/", period).content.decode()

    shown = dict(row for row in cells(page) if len(row) == 2)
    assert shown.pop("Status") == "Number of orders"
    assert shown == {
        "Total orders": str(count),
        "Total lines": str(lines),
        "Total items": str(items),
        "Total revenue": euros(revenue),
    } | {
        str(statuses.LABELS[status]): str(number)
        for status, number in by_status.items()
    }


def test_days_are_those_of_the_shop_whoever_reads(administrator):
    from wagtail.users.models import UserProfile

    person = User.objects.get(email="root@example.org")
    UserProfile.objects.create(user=person, current_time_zone="Asia/Tokyo")

    reported = rows(administrator, "order_report", **MARCH_10)
    listed = administrator.get("/dashboard/orders/", MARCH_10).context["orders"]

    assert len(reported) == 2
    assert {order.status for order in listed} == set(statuses.LABELS)
    assert len(listed) == 6


def test_first_pages_and_statistics_have_the_same_figures(administrator):
    Order.objects.update(date_placed=datetime.now(tz=UTC))
    [(count, revenue)] = sql(
        f"SELECT count(*), sum(total_incl_tax - cancelled_incl_tax) FROM order_order WHERE {COUNTED}"
    )
    [(as_placed,)] = sql(f"SELECT sum(total_incl_tax) FROM order_order WHERE {COUNTED}")
    [(lines,)] = sql(
        "SELECT count(*) FROM order_line"
        " WHERE num_cancelled < quantity AND order_id IN"
        f" (SELECT id FROM order_order WHERE {COUNTED})"
    )

    shop = administrator.get("/dashboard/").context
    statistics = administrator.get("/dashboard/orders/statistics/").context
    panel = shop_summary()

    assert (panel.orders, panel.revenue) == (count, revenue)
    for figures in (shop, statistics):
        assert figures["total_orders"] == count
        assert figures["total_lines"] == lines
        assert figures["total_revenue"] == revenue
    assert shop["total_orders_last_day"] == count
    assert shop["total_lines_last_day"] == lines
    assert shop["total_revenue_last_day"] == revenue
    assert shop["average_order_costs"] == (revenue / count).quantize(Decimal("0.01"))
    assert shop["total_customers"] == 1
    hourly = shop["hourly_report_dict"]["order_total_hourly"]
    assert sum(part["total_incl_tax"] for part in hourly) == as_placed


def test_tile_of_all_orders_has_those_of_all_time(administrator):
    page = administrator.get("/dashboard/").content.decode()

    [tile] = re.findall(r"<label>(.*?)</label>", page, re.S)[:1]
    assert re.sub(r"<[^>]+>", "", tile) == "3Total Orders"


def test_offers_and_vouchers_without_an_end_are_counted_while_they_last(administrator):
    open_end = oscar.ConditionalOfferFactory(end_datetime=None)
    oscar.ConditionalOfferFactory(status=open_end.SUSPENDED)
    oscar.ConditionalOfferFactory(start_datetime=datetime(2100, 1, 1, tzinfo=UTC))
    oscar.VoucherFactory(
        start_datetime=datetime(2100, 1, 1, tzinfo=UTC),
        end_datetime=datetime(2101, 1, 1, tzinfo=UTC),
    )

    shop = administrator.get("/dashboard/").context

    assert [(row["offer_type"], row["count"]) for row in shop["offer_maps"]] == [
        ("Site", 1)
    ]
    assert shop["total_vouchers"] == 0


def test_customer_is_listed_with_the_orders_that_count(administrator, ada):
    [(count, items, spent)] = sql(
        "SELECT count(*), sum((SELECT sum(quantity - num_cancelled) FROM order_line"
        " WHERE order_id = o.id)), sum(total_incl_tax - cancelled_incl_tax) FROM order_order o"
        f" WHERE {COUNTED} AND user_id = {ada.pk}"
    )

    listed = administrator.get("/dashboard/users/").context["users"]
    page = cells(administrator.get(f"/dashboard/users/{ada.pk}/").content.decode())

    numbers = {row.record.email: row.get_cell("num_orders") for row in listed.rows}
    assert numbers == {"ada@example.org": count, "root@example.org": 0}
    shown = {row[0]: row[1] for row in page if len(row) == 2}
    assert shown["Number of orders"] == str(count)
    assert shown["Number of ordered items"] == str(items)
    assert shown["Total spent"] == euros(spent)


def test_customers_are_sorted_by_the_orders_that_count(administrator):
    for sort, first in [("num_orders", "root"), ("-num_orders", "ada")]:
        listed = administrator.get("/dashboard/users/", {"sort": sort}).context["users"]
        assert listed.rows[0].record.email == f"{first}@example.org"


def test_customers_orders_are_shown_with_their_total_and_status(
    administrator, ada, orders
):
    page = cells(administrator.get(f"/dashboard/users/{ada.pk}/").content.decode())

    shown = {row[0]: row for row in page}
    for order in Order.objects.filter(user=ada, currency="EUR"):
        row = shown[order.number]
        assert row[2] == euros(order.total_incl_tax)
        assert row[4] == str(order.status_label)


def test_customers_cost_the_same_whatever_their_number(
    administrator, django_assert_max_num_queries
):
    for number in range(10):
        User.objects.create_user(f"customer{number}@example.org")

    # Session, person, permissions, count, page; the rest is the back office's shell.
    with django_assert_max_num_queries(20):
        administrator.get("/dashboard/users/")


def test_reports_keep_no_records_of_visitors(administrator, lamp):
    Browser().get(lamp.get_absolute_url())

    for name in ("ProductRecord", "UserRecord", "UserProductView", "UserSearch"):
        assert not get_model("analytics", name).objects.exists()
