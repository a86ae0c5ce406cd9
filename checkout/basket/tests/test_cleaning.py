import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from catalogue.factories import ProductFactory
from checkout.basket import cleaning
from checkout.basket.cleaning import EMPTY_AGE, GUEST_AGE, OWNED_AGE, baskets_clean
from checkout.basket.models import Basket, Line
from checkout.order.models import Order
from foundation.accounts.models import User
from foundation.core import clock

DAY = timedelta(days=1)


def basket(*, age: timedelta, lines: int = 1, line_age=None, **fields) -> Basket:
    """A basket made ``age`` ago; its lines were touched then, or ``line_age`` ago."""
    made = Basket.objects.create(**fields)
    Basket.objects.filter(pk=made.pk).update(date_created=clock.now() - age)
    for number in range(lines):
        product = ProductFactory(stockrecords__num_in_stock=5)
        Line.objects.create(
            basket=made,
            product=product,
            stockrecord=product.stockrecords.get(),
            line_reference=str(number),
            price_currency="EUR",
        )
    made.lines.update(date_updated=clock.now() - (line_age or age))
    return made


def remaining() -> set[Basket]:
    return set(Basket.objects.all())


def test_guests_basket_goes_when_nothing_happened_in_it_for_thirty_days(db):
    basket(age=GUEST_AGE + DAY)
    young = basket(age=GUEST_AGE - DAY)
    touched = basket(age=GUEST_AGE + DAY, line_age=DAY)

    assert baskets_clean() == 1
    assert remaining() == {young, touched}


def test_persons_basket_stays_for_a_year(db):
    person = User.objects.create_user("ada@example.org", "secret-12")
    mine = basket(age=GUEST_AGE + DAY, owner=person)
    basket(age=OWNED_AGE + DAY, owner=person)

    assert baskets_clean() == 1
    assert remaining() == {mine}


def test_empty_and_merged_baskets_go_when_the_cookie_is_gone(db):
    person = User.objects.create_user("ada@example.org", "secret-12")
    basket(age=EMPTY_AGE + DAY, lines=0)
    merged = basket(age=EMPTY_AGE + DAY, lines=0, owner=person, status=Basket.MERGED)
    Basket.objects.filter(pk=merged.pk).update(
        date_merged=clock.now() - EMPTY_AGE - DAY
    )
    young = basket(age=DAY, lines=0)
    mine = basket(age=EMPTY_AGE + DAY, lines=0, owner=person)

    assert baskets_clean() == 2
    assert remaining() == {young, mine}


@pytest.mark.parametrize("status", [Basket.FROZEN, Basket.SUBMITTED, Basket.SAVED])
def test_basket_in_the_checkout_ordered_or_saved_is_kept_for_ever(db, status):
    kept = basket(age=OWNED_AGE * 2)
    Basket.objects.filter(pk=kept.pk).update(status=status)

    assert baskets_clean() == 0
    assert remaining() == {kept}


def test_basket_of_an_order_is_kept_whatever_its_status(db):
    kept = basket(age=OWNED_AGE * 2)
    Order.objects.create(
        number="1", basket=kept, currency="EUR", total_incl_tax=1, total_excl_tax=1
    )

    assert baskets_clean() == 0
    assert remaining() == {kept}


def test_all_are_deleted_though_a_batch_is_smaller(db, monkeypatch):
    monkeypatch.setattr(cleaning, "BATCH", 2)
    for _number in range(5):
        basket(age=GUEST_AGE + DAY)

    assert baskets_clean() == 5


def test_basket_that_a_shopper_uses_at_this_moment_is_passed_over(real_db):
    used = basket(age=GUEST_AGE + DAY)
    basket(age=GUEST_AGE + DAY)
    results = []

    def clean():
        results.append(baskets_clean())
        connection.close()

    with transaction.atomic():
        Basket.objects.select_for_update().get(pk=used.pk)
        thread = threading.Thread(target=clean)
        thread.start()
        thread.join(10)
        used.lines.update(date_updated=clock.now())

    assert results == [1]
    assert remaining() == {used}


def test_line_added_between_look_and_lock_saves_the_basket(db, monkeypatch):
    used = basket(age=GUEST_AGE + DAY)

    def add_then_delete(ids, now, delete=cleaning._batch_delete):
        used.lines.update(date_updated=clock.now())
        return delete(ids, now)

    monkeypatch.setattr(cleaning, "_batch_delete", add_then_delete)

    assert baskets_clean() == 0
    assert remaining() == {used}


def test_adding_more_of_the_same_counts_as_activity(db):
    client = Client(HTTP_SEC_FETCH_SITE="same-origin")
    product = ProductFactory(stockrecords__num_in_stock=5)
    client.post(f"/basket/add/{product.pk}/", {"quantity": 1})
    Line.objects.update(date_updated=clock.now() - GUEST_AGE - DAY)
    Basket.objects.update(date_created=clock.now() - GUEST_AGE - DAY)

    client.post(f"/basket/add/{product.pk}/", {"quantity": 1})

    assert Line.objects.get().quantity == 2
    assert baskets_clean() == 0
