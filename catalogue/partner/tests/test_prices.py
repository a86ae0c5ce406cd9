from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from catalogue.factories import (
    ChildFactory,
    ParentFactory,
    ProductFactory,
    StockRecordFactory,
)
from catalogue.partner.models import PriceChange, PriceWindow, StockRecord
from catalogue.partner.selectors import strike_prices
from catalogue.partner.services import (
    PriceError,
    PricePoint,
    price_change,
    price_window_cancel,
    prices_backfill,
)
from catalogue.partner.strategy import Selector, Strategy
from foundation.core import clock
from foundation.core.context import ShopContext

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def context(at=NOON, *, currency="EUR", tax_mode="gross") -> ShopContext:
    return ShopContext(site=1, locale="en", currency=currency, tax_mode=tax_mode, at=at)


def amount(product, **kwargs) -> Decimal | None:
    strategy = Strategy(context=context(**kwargs))
    return strategy.fetch_for_product(product).price.effective_price


@pytest.fixture
def product():
    return ProductFactory(stockrecords__price=Decimal("100.00"))


def window(product, price, starts, ends=None):
    price_change(
        stockrecord=product.stockrecords.get(),
        amount=Decimal(price),
        window=(starts, ends),
    )


# --- By the clock -------------------------------------------------------------------


def test_window_holds_from_its_start_until_before_its_end(product):
    window(product, "80.00", NOON, NOON + HOUR)

    moments = [NOON - HOUR / 3600, NOON, NOON + HOUR - HOUR / 3600, NOON + HOUR]

    assert [amount(product, at=moment) for moment in moments] == [
        Decimal("100.00"),
        Decimal("80.00"),
        Decimal("80.00"),
        Decimal("100.00"),
    ]


def test_of_nested_windows_the_latest_start_counts(product):
    window(product, "80.00", NOON, NOON + 10 * HOUR)
    window(product, "90.00", NOON + HOUR, NOON + 2 * HOUR)

    moments = [NOON, NOON + HOUR, NOON + 2 * HOUR]

    assert [amount(product, at=moment) for moment in moments] == [
        Decimal("80.00"),
        Decimal("90.00"),
        Decimal("80.00"),
    ]


def test_priced_and_plain_records_cost_the_same(product):
    window(product, "80.00", NOON)
    [priced] = StockRecord.objects.priced(context())
    plain = StockRecord.objects.get()
    strategy = Strategy(context=context())

    assert strategy.current_amount(priced) == Decimal("80.00")
    assert strategy.current_amount(plain) == Decimal("80.00")


def test_record_priced_for_another_moment_is_asked_again(product):
    window(product, "80.00", NOON)
    [priced] = StockRecord.objects.priced(context(NOON - HOUR))

    assert Strategy(context=context()).current_amount(priced) == Decimal("80.00")


def test_second_currency_has_its_own_stock_record(product):
    StockRecordFactory(product=product, price_currency="GBP", price=Decimal("85.00"))

    assert amount(product, currency="EUR") == Decimal("100.00")
    assert amount(product, currency="GBP") == Decimal("85.00")


def test_currency_without_stock_record_is_unavailable(product):
    info = Strategy(context=context(currency="JPY")).fetch_for_product(product)

    assert not info.price.exists
    assert info.availability.code == "unavailable"
    assert not info.availability.is_available_to_buy


def test_gross_and_net_shop_read_the_same_amount_differently(product):
    gross = Strategy(context=context()).fetch_for_product(product).price
    net = Strategy(context=context(tax_mode="net")).fetch_for_product(product).price

    assert (gross.excl_tax, gross.tax, gross.incl_tax) == (
        Decimal("83.33"),
        Decimal("16.67"),
        Decimal("100.00"),
    )
    assert (net.excl_tax, net.tax, net.incl_tax) == (
        Decimal("100.00"),
        Decimal("20.00"),
        Decimal("120.00"),
    )
    assert (gross.effective_price, net.effective_price) == (
        Decimal("100.00"),
        Decimal("100.00"),
    )
    assert gross.tax_code == "standard"


def test_strategy_never_asks_who_the_visitor_is(product):
    class Untouchable:
        def __getattr__(self, name):
            raise AssertionError(f"request.user.{name} was read")

    request = RequestFactory().get("/", HTTP_HOST="localhost")
    request.user = Untouchable()

    strategy = Selector().strategy(request=request, user=request.user)

    assert strategy.fetch_for_product(product).price.exists


def test_parent_costs_its_cheapest_variant_that_can_be_bought():
    parent = ParentFactory()
    ChildFactory(
        parent=parent,
        stockrecords__price=Decimal("5.00"),
        stockrecords__num_in_stock=0,
    )
    ChildFactory(parent=parent, stockrecords__price=Decimal("7.00"))
    ChildFactory(parent=parent, stockrecords__price=Decimal("9.00"))

    info = Strategy(context=context()).fetch_for_parent(parent)

    assert info.price.effective_price == Decimal("7.00")
    assert info.availability.is_available_to_buy


@pytest.mark.parametrize("hidden", ["child", "parent"])
def test_withdrawn_variant_can_not_be_bought(hidden):
    child = ChildFactory(parent__is_public=hidden != "parent")
    child.is_public = hidden != "child"

    policy = Strategy(context=context()).fetch_for_product(child).availability

    assert policy.is_purchase_permitted(1) == (False, "No longer available")


def test_more_than_there_is_can_not_be_bought():
    product = ProductFactory(stockrecords__num_in_stock=3)

    policy = Strategy(context=context()).fetch_for_product(product).availability

    assert policy.is_purchase_permitted(3) == (True, "")
    assert policy.is_purchase_permitted(4) == (False, "We have only 3 of it.")


# --- One writer ---------------------------------------------------------------------


def _save(record):
    record.price = Decimal("1.00")
    record.save()


def _update(record):
    StockRecord.objects.filter(pk=record.pk).update(price=Decimal("1.00"))


def _bulk_update(record):
    record.price = Decimal("1.00")
    StockRecord.objects.bulk_update([record], ["price"])


def _sql(record):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partner_stockrecord SET price = 1")


def _currency(record):
    StockRecord.objects.filter(pk=record.pk).update(price_currency="USD")


def _insert(record):
    StockRecord.objects.bulk_create(
        [
            StockRecord(
                product=record.product,
                partner=record.partner,
                partner_sku="other",
                price=Decimal("1.00"),
            )
        ]
    )


def _window(record):
    PriceWindow.objects.create(stockrecord=record, amount=Decimal("1.00"), starts=NOON)


def _history(record):
    PriceChange.objects.create(
        stockrecord=record,
        partner_sku="x",
        currency="EUR",
        amount=Decimal("1.00"),
        starts=NOON,
        created_at=NOON,
    )


@pytest.mark.parametrize(
    "write", [_save, _update, _bulk_update, _sql, _currency, _insert, _window, _history]
)
def test_price_written_past_price_change_fails(product, write):
    record = product.stockrecords.get()

    with pytest.raises(DatabaseError, match="price_change"), transaction.atomic():
        write(record)

    stored = StockRecord.objects.get()
    assert (stored.price, stored.price_currency) == (Decimal("100.00"), "EUR")
    assert PriceWindow.objects.count() == 0
    assert PriceChange.objects.count() == 1


def test_guard_closes_after_a_price_change(product):
    record = product.stockrecords.get()
    price_change(stockrecord=record, amount=Decimal("90.00"))

    with pytest.raises(DatabaseError, match="price_change"), transaction.atomic():
        _update(record)

    assert StockRecord.objects.get().price == Decimal("90.00")


def test_stock_is_written_without_the_guard(product):
    StockRecord.objects.update(num_in_stock=7)

    assert StockRecord.objects.get().num_in_stock == 7


@pytest.mark.parametrize(
    "write",
    [
        lambda: PriceChange.objects.update(amount=Decimal("1.00")),
        lambda: PriceChange.objects.update(stockrecord=None, amount=Decimal("1.00")),
        lambda: PriceChange.objects.all().delete(),
    ],
)
def test_history_is_append_only(product, write):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        write()

    assert PriceChange.objects.get().amount == Decimal("100.00")


def test_history_outlives_its_stock_record(product):
    product.delete()

    change = PriceChange.objects.get()
    assert change.stockrecord is None
    assert change.amount == Decimal("100.00")


@pytest.mark.parametrize("bad", ["0.00", "-1.00", "1.001", "99999999999.00"])
def test_impossible_amount_is_refused(product, bad):
    record = product.stockrecords.get()

    with pytest.raises(PriceError):
        price_change(stockrecord=record, amount=Decimal(bad))

    assert StockRecord.objects.get().price == Decimal("100.00")
    assert PriceChange.objects.count() == 1


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(NOON, NOON), (NOON, NOON - HOUR), (NOON + timedelta(seconds=1), None)],
)
def test_impossible_window_is_refused(product, starts, ends):
    with pytest.raises(PriceError):
        window(product, "5.00", starts, ends)

    assert PriceWindow.objects.count() == 0


# --- Planned prices taken back --------------------------------------------------------


def test_planned_price_is_taken_back(product):
    window(product, "80.00", clock.to_minute(clock.now()) + DAY)

    price_window_cancel(window=PriceWindow.objects.get())

    assert PriceWindow.objects.count() == 0


def test_price_that_holds_ends_now_and_stays_known(product):
    starts = clock.to_minute(clock.now()) - DAY
    window(product, "80.00", starts)

    price_window_cancel(window=PriceWindow.objects.get())

    kept = PriceWindow.objects.get()
    assert kept.starts == starts
    assert kept.ends is not None
    assert kept.ends <= clock.now()
    assert amount(product, at=clock.now()) == Decimal("100.00")


# --- Backfill and strike price --------------------------------------------------------


@pytest.fixture
def record():
    return StockRecordFactory(product=ProductFactory(stockrecords=None), price=None)


def strike(record, at) -> Decimal | None:
    records = StockRecord.objects.priced(context(at)).filter(pk=record.pk)
    return strike_prices(records, context=context(at)).get(record.pk)


def test_backfill_writes_history_windows_and_the_last_base_price(record):
    count = prices_backfill(
        points=[
            PricePoint(record, Decimal("60.00"), NOON - 20 * DAY),
            PricePoint(record, Decimal("50.00"), NOON - 90 * DAY),
            PricePoint(record, Decimal("45.00"), NOON, NOON + DAY, is_window=True),
        ]
    )

    changes = PriceChange.objects.order_by("starts").values_list(
        "amount", "previous", "starts", "is_window"
    )
    assert count == 3
    assert list(changes) == [
        (Decimal("50.00"), None, NOON - 90 * DAY, False),
        (Decimal("60.00"), Decimal("50.00"), NOON - 20 * DAY, False),
        (Decimal("45.00"), Decimal("60.00"), NOON, True),
    ]
    assert PriceWindow.objects.get().amount == Decimal("45.00")
    assert StockRecord.objects.get().price == record.price == Decimal("60.00")


def test_backfill_of_many_records_takes_a_fixed_number_of_statements(
    django_assert_num_queries,
):
    # savepoint, guard open, 3 writes, guard closed, release
    records = [
        StockRecordFactory(product=ProductFactory(stockrecords=None), price=None)
        for _ in range(5)
    ]
    points = [
        PricePoint(each, Decimal("5.00"), NOON - DAY, window_ends, is_window)
        for each in records
        for window_ends, is_window in ((None, False), (NOON, True))
    ]

    with django_assert_num_queries(7):
        prices_backfill(points=points)


def test_backfill_refuses_a_base_price_of_the_future(record):
    with pytest.raises(PriceError):
        prices_backfill(points=[PricePoint(record, Decimal("5.00"), clock.now() + DAY)])

    assert PriceChange.objects.count() == 0


def test_strike_price_is_the_lowest_of_the_thirty_days_before(record):
    # The worked example of docs/algorithms/prices.md.
    prices_backfill(
        points=[
            PricePoint(record, Decimal("70.00"), NOON - 400 * DAY),
            PricePoint(record, Decimal("100.00"), NOON - 60 * DAY),
            PricePoint(
                record,
                Decimal("90.00"),
                NOON - 20 * DAY,
                NOON - 13 * DAY,
                is_window=True,
            ),
            PricePoint(record, Decimal("120.00"), NOON - 5 * DAY),
            PricePoint(record, Decimal("80.00"), NOON, NOON + 10 * DAY, is_window=True),
        ]
    )

    assert strike(record, NOON - HOUR) is None
    assert strike(record, NOON) == Decimal("90.00")
    assert strike(record, NOON + 9 * DAY) == Decimal("90.00")
    assert strike(record, NOON + 10 * DAY) is None


def test_price_before_the_thirty_days_counts_while_it_still_held(record):
    prices_backfill(
        points=[
            PricePoint(record, Decimal("70.00"), NOON - 400 * DAY),
            PricePoint(record, Decimal("100.00"), NOON - 29 * DAY),
            PricePoint(record, Decimal("60.00"), NOON, None, is_window=True),
        ]
    )

    assert strike(record, NOON) == Decimal("70.00")


def test_window_that_is_no_reduction_strikes_nothing_through(record):
    prices_backfill(
        points=[
            PricePoint(record, Decimal("70.00"), NOON - 90 * DAY),
            PricePoint(record, Decimal("100.00"), NOON - 10 * DAY),
            PricePoint(record, Decimal("75.00"), NOON, None, is_window=True),
        ]
    )

    assert strike(record, NOON) is None


def test_anonymous_visitor_and_customer_pay_the_same(product):
    request = RequestFactory().get("/", HTTP_HOST="localhost")

    anonymous = Selector().strategy(request=request, user=AnonymousUser())
    nobody = Selector().strategy()

    prices = [
        strategy.fetch_for_product(product).price.effective_price
        for strategy in (anonymous, nobody)
    ]
    assert prices == [Decimal("100.00")] * 2
