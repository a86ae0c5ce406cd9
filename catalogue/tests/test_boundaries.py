"""Planned prices and offers in the history; prices themselves wait for no job."""

import threading
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test import Client
from oscar.test.factories import ConditionalOfferFactory

from catalogue import boundaries
from catalogue.boundaries import CAUGHT_UP, boundaries_note
from catalogue.factories import ProductFactory
from catalogue.offer.models import ConditionalOffer
from catalogue.partner.services import price_change
from foundation.audit.selectors import history
from foundation.core import clock


def at(minutes: int):
    return clock.to_minute(clock.now()) + timedelta(minutes=minutes)


def plan(product, *, starts, ends=None, amount="8.00"):
    price_change(
        stockrecord=product.stockrecords.get(),
        amount=Decimal(amount),
        window=(starts, ends),
    )


def noted(instance) -> list[tuple]:
    entries = history(instance).filter(action__in=["audit.begin", "audit.end"])
    return [
        (entry.action, entry.data["before"], entry.data["after"])
        for entry in entries.order_by("pk")
    ]


def test_begin_and_end_of_a_planned_price_are_noted_once(db):
    product = ProductFactory()
    sku = product.stockrecords.get().partner_sku
    plan(product, starts=at(-60), ends=at(-5))

    assert boundaries_note() == 2
    assert boundaries_note() == 0
    assert noted(product) == [
        ("audit.begin", {"price": "12.00"}, {"price": "8.00", "sku": sku}),
        ("audit.end", {"price": "8.00"}, {"price": "12.00", "sku": sku}),
    ]


def test_two_planned_prices_of_a_product_are_noted_each(db):
    product = ProductFactory()
    plan(product, starts=at(-60))
    assert boundaries_note() == 1

    plan(product, starts=at(-30), amount="7.00")
    assert boundaries_note() == 1


def test_what_lies_ahead_or_far_back_is_not_noted(db):
    product = ProductFactory()
    plan(product, starts=at(60))
    plan(product, starts=at(0) - CAUGHT_UP - timedelta(days=1))

    assert boundaries_note() == 0


def test_offer_is_noted_anew_when_its_end_was_moved(db):
    offer = ConditionalOfferFactory(start_datetime=at(-60), end_datetime=at(-1))
    assert boundaries_note() == 2

    ConditionalOffer.objects.update(end_datetime=at(60))
    assert boundaries_note() == 0
    ConditionalOffer.objects.update(end_datetime=clock.now())
    assert boundaries_note() == 1
    assert [action for action, *_rest in noted(offer)] == [
        "audit.begin",
        "audit.end",
        "audit.end",
    ]


def test_suspended_offer_neither_begins_nor_ends(db):
    ConditionalOfferFactory(
        start_datetime=at(-60), end_datetime=at(-1), status=ConditionalOffer.SUSPENDED
    )

    assert boundaries_note() == 0


def test_one_that_fails_stops_no_other(db, monkeypatch):
    products = [ProductFactory(title=title) for title in ("Broken", "Lamp")]
    for product in products:
        plan(product, starts=at(-5))
    record = boundaries.audit_record

    def refuse(*, instance, **kwargs):
        if instance.title == "Broken":
            raise ValueError("No.")
        record(instance=instance, **kwargs)

    monkeypatch.setattr(boundaries, "audit_record", refuse)
    assert boundaries_note() == 1
    monkeypatch.undo()
    assert boundaries_note() == 1


def test_nothing_due_costs_four_statements(db, django_assert_num_queries):
    boundaries_note()  # content types are known then

    with django_assert_num_queries(4):
        boundaries_note()


def test_parallel_runs_note_each_boundary_once(real_db):
    product = ProductFactory()
    plan(product, starts=at(-60), ends=at(-5))
    start, counts = threading.Barrier(3), []

    def run():
        start.wait()
        counts.append(boundaries_note())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 2
    assert len(noted(product)) == 2


def test_page_has_the_planned_price_though_no_job_ran(db, monkeypatch):
    product = ProductFactory()
    plan(product, starts=at(1), ends=at(3))
    page, seen = product.get_absolute_url(), []

    now = clock.now()
    for minutes in (0, 1, 3):
        moment = now + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        html = Client().get(page).content.decode()
        seen.append("€8.00" in html)

    assert seen == [False, True, False]
