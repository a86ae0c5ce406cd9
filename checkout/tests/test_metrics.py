"""What happens is counted once, and only if it happened."""

import pytest
from django.db import transaction
from prometheus_client import REGISTRY

from catalogue.factories import ProductFactory
from checkout.order.models import Order
from foundation.observability.metrics import count_on_commit

pytestmark = pytest.mark.usefixtures("real_db")

PLACED = ("storefront_orders_placed_total", {"currency": "EUR"})
REVENUE = ("storefront_revenue_total", {"currency": "EUR"})
ADDITIONS = ("storefront_basket_additions_total", {})
CONFIRMED = ("storefront_order_status_changes_total", {"status": "confirmed"})


def step(name: str) -> tuple[str, dict]:
    return "storefront_checkout_steps_total", {"step": name}


@pytest.fixture
def counted():
    """By how much a metric has grown since the test began."""
    names = [PLACED, REVENUE, ADDITIONS, CONFIRMED]
    names += [step(name) for name in ("started", "details", "delivery", "placed")]
    before = [REGISTRY.get_sample_value(*each) for each in names]

    def since(metric) -> float:
        now = REGISTRY.get_sample_value(*metric)
        return round(now - before[names.index(metric)], 2)

    return since


def test_way_to_an_order_is_counted_step_by_step(browser, counted):
    browser.get("/checkout/shipping-address/")
    assert counted(step("started")) == 0  # the basket is empty
    browser.add(ProductFactory(), quantity=2)
    browser.get("/checkout/shipping-address/")
    assert (counted(ADDITIONS), counted(step("started"))) == (1, 1)

    browser.give_details(postcode="")
    assert counted(step("details")) == 0
    browser.give_details()
    assert counted(step("details")) == 1

    browser.choose_delivery()
    assert (counted(step("delivery")), counted(PLACED)) == (1, 0)

    browser.place()
    order = Order.objects.get()
    assert (counted(step("placed")), counted(PLACED)) == (1, 1)
    assert counted(REVENUE) == float(order.total_incl_tax) > 24
    assert counted(CONFIRMED) == 1


def test_second_submit_of_a_basket_counts_no_second_order(browser, counted):
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()
    page = browser.preview()
    data = {
        "basket": page.context["basket_token"],
        "total": page.context["summary"].total.amount,
    }

    for _ in range(2):
        assert browser.post("/checkout/preview/", data).url == "/checkout/thank-you/"

    assert Order.objects.count() == 1
    assert (counted(PLACED), counted(step("placed"))) == (1, 1)
    assert counted(REVENUE) == float(Order.objects.get().total_incl_tax)


def test_refused_order_is_not_counted(browser, counted):
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()

    browser.place(total="0.01")

    assert not Order.objects.exists()
    assert counted(PLACED) == counted(REVENUE) == counted(CONFIRMED) == 0


def test_order_that_is_rolled_back_is_not_counted(browser, counted, monkeypatch):
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()

    def fail(**kwargs):
        raise RuntimeError("on purpose, after the order was written")

    monkeypatch.setattr("checkout.order.services.order_mail_enqueue", fail)
    browser.raise_request_exception = False

    assert browser.place().status_code == 500
    assert not Order.objects.exists()
    assert counted(PLACED) == counted(REVENUE) == counted(CONFIRMED) == 0


def test_addition_to_the_basket_is_counted_after_the_commit(browser, counted):
    from checkout.metrics import BASKET_ADDITIONS

    with transaction.atomic():
        count_on_commit(BASKET_ADDITIONS)
        assert counted(ADDITIONS) == 0
    assert counted(ADDITIONS) == 1
    with transaction.atomic():
        count_on_commit(BASKET_ADDITIONS)
        transaction.set_rollback(True)

    assert counted(ADDITIONS) == 1


def test_refused_addition_is_not_counted(browser, counted):
    browser.add(ProductFactory(), quantity=0)

    assert counted(ADDITIONS) == 0
