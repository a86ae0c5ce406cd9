"""Support cancels articles of an order in the back office."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.core.loading import get_class
from wagtail.models import ModelLogEntry

from backoffice import roles
from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from checkout.order import statuses
from checkout.order.models import Order, PaymentEventType
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry

pytestmark = pytest.mark.django_db


def person(role):
    user = User.objects.create_user(f"{role}@example.com")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def support():
    return person(roles.SUPPORT)


@pytest.fixture
def order():
    """Two lamps and a chair at 12.00 each, 4.90 for the delivery: 40.90."""
    browser = Browser()
    browser.add(ProductFactory(title="Lamp"), 2)
    order = browser.order(ProductFactory(title="Chair"))
    OutboxEntry.objects.all().delete()
    return order


def page_of(order):
    return reverse("dashboard:order-detail", args=[order.number])


def cancel_page_of(order):
    return reverse("dashboard:order-cancel", args=[order.number])


def cancel(client, order, *quantities, **data):
    """Open the page, type the quantities and press the button."""
    form = client.get(cancel_page_of(order)).context["form"]
    fields = [name for name in form.fields if name.startswith("line_")]
    typed = dict(zip(fields, quantities, strict=False))
    events = {"expected_events": form["expected_events"].value()}
    return client.post(cancel_page_of(order), events | typed | data)


def shown(answer, client):
    return client.get(answer.url).content.decode()


def test_support_cancels_a_part_of_a_line(support, order):
    answer = cancel(support, order, 1)

    order = Order.objects.get()
    page = shown(answer, support)
    assert answer.url == page_of(order)
    assert order.current_total_incl_tax == Decimal("28.90")
    assert "The customer gets a mail" in page
    assert "1 × Lamp" in page
    assert "€28.90" in page
    assert OutboxEntry.objects.get().kwargs["kind"] == "lines_cancelled"


def test_support_cancels_everything_that_is_left(support, order):
    cancel(support, order, everything="on")

    assert Order.objects.get().status == statuses.CANCELLED


def test_cancellation_is_in_the_history_with_who_did_it(support, order):
    cancel(support, order, 1)

    logged = [
        (entry.user.email, entry.data["after"])
        for entry in ModelLogEntry.objects.filter(object_id=order.pk).order_by("pk")
    ]
    assert {email for email, _after in logged} == {"Support@example.com".lower()}
    assert any(after.get("num_cancelled") == 1 for _email, after in logged)
    assert any(after.get("cancelled_incl_tax") == "12.00" for _email, after in logged)


def test_second_click_cancels_nothing_more_and_says_why(support, order):
    form = support.get(cancel_page_of(order)).context["form"]
    line = order.lines.first()
    data = {
        "expected_events": form["expected_events"].value(),
        f"line_{line.pk}": 1,
    }

    support.post(cancel_page_of(order), data)
    again = support.post(cancel_page_of(order), data)

    assert order.lines.first().num_cancelled == 1
    assert "This order has changed" in shown(again, support)


def test_page_whose_line_is_gone_says_that_the_order_has_changed(support, order):
    form = support.get(cancel_page_of(order)).context["form"]
    lamp, chair = order.lines.order_by("pk")
    seen = {"expected_events": form["expected_events"].value()}

    support.post(cancel_page_of(order), seen | {f"line_{lamp.pk}": 2})
    again = support.post(cancel_page_of(order), seen | {f"line_{lamp.pk}": 1})

    assert "This order has changed" in shown(again, support)
    fields = support.get(cancel_page_of(order)).context["form"].fields
    assert list(fields) == ["expected_events", f"line_{chair.pk}"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter how many articles to cancel."),
        ("0", "Enter how many articles to cancel."),
        ("3", "less than or equal to 2"),
        ("-1", "greater than or equal to 0"),
        ("two", "Enter a whole number."),
    ],
)
def test_wrong_quantity_is_said_in_words_beside_what_was_typed(
    support, order, typed, said
):
    answer = cancel(support, order, typed)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert not order.shipping_events.exists()
    assert answer.context["form"][f"line_{order.lines.first().pk}"].value() == typed


def test_cancelling_is_not_offered_where_nothing_is_left(support, order):
    assert cancel_page_of(order) in support.get(page_of(order)).content.decode()
    cancel(support, order, everything="on")

    assert cancel_page_of(order) not in support.get(page_of(order)).content.decode()
    for ask in (support.get, support.post):
        answer = ask(cancel_page_of(order), {"everything": "on"})
        assert answer.url == page_of(order)
        assert "Nothing is left to cancel" in shown(answer, support)


@pytest.mark.parametrize("role", [roles.MERCHANDISER, roles.MARKETER])
def test_other_roles_cancel_nothing(order, role):
    client = person(role)

    for method in (client.get, client.post):
        answer = method(
            cancel_page_of(order),
            {"everything": "on", "expected_events": 0},
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        assert answer.status_code == 403
    assert Order.objects.get().status == statuses.CONFIRMED


def test_status_of_a_line_is_not_typed(support, order):
    line = order.lines.first()

    page = support.get(page_of(order)).content.decode()
    support.post(
        page_of(order),
        {
            "line_action": "change_line_statuses",
            "selected_line": line.pk,
            f"selected_line_qty_{line.pk}": 2,
            "new_status": "cancelled",
        },
    )

    assert "change_line_statuses" not in page
    line.refresh_from_db()
    assert line.status == statuses.CONFIRMED


def test_refund_is_shown_and_booked_once(support, order):
    handler = get_class("order.processing", "EventHandler")()
    paid = PaymentEventType.objects.get(code="paid")
    handler.handle_payment_event(order, paid, Decimal("40.90"))
    cancel(support, order, 1)
    page = support.get(page_of(order)).content.decode()
    data = {"order_action": "record_refund", "amount": "12.00"}

    first = support.post(page_of(order), data)
    said = shown(first, support)
    second = support.post(page_of(order), data)

    assert 'value="record_refund"' in page
    assert "€12.00" in page
    assert "The refund of €12.00 is recorded." in said
    assert "record_refund" not in said
    assert "€0.00" in shown(second, support)
    assert Order.objects.get().amount_paid == Decimal("28.90")


def test_order_that_has_changed_stops_no_bulk_change(support, order, monkeypatch):
    """The list reads the status before the lock, the handler behind it."""

    def refuse(*args, **kwargs):
        raise InvalidOrderStatus

    handler = get_class("order.processing", "EventHandler")
    monkeypatch.setattr(handler, "handle_order_status_change", refuse)

    answer = support.post(
        reverse("dashboard:order-list"),
        {
            "action": "change_order_statuses",
            "selected_order": order.pk,
            "new_status": "cancelled",
        },
    )

    page = shown(answer, support)
    assert f"The status of order {order.number} can&#x27;t be changed" in page
