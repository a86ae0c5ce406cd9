"""Staff record in the back office what was shipped."""

import pytest
from django.test import Client
from django.urls import reverse
from oscar.core.loading import get_model

from catalogue.factories import ProductFactory
from catalogue.partner.models import StockRecord
from checkout.conftest import Browser
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db

ShippingEvent = get_model("order", "ShippingEvent")


@pytest.fixture
def staff():
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


@pytest.fixture
def order():
    browser = Browser()
    browser.add(ProductFactory(title="Lamp", stockrecords__num_in_stock=5), 3)
    return browser.order()


def ship(client, order, events):
    """Ship one piece of the first line from a page that was drawn after ``events`` events."""
    line = order.lines.get()
    return client.post(
        reverse("dashboard:order-detail", args=[order.number]),
        {
            "line_action": "create_shipping_event",
            "selected_line": [line.pk],
            f"selected_line_qty_{line.pk}": 1,
            "shipping_event_type": "shipped",
            "expected_events": events,
            "reference": "",
        },
        follow=True,
    )


def test_second_click_ships_nothing_more_and_says_why(staff, order):
    ship(staff, order, 0)
    again = ship(staff, order, 0)

    assert ShippingEvent.objects.count() == 1
    assert "This order has changed since" in again.content.decode()
    assert 'name="expected_events" value="1"' in again.content.decode()


def test_less_in_stock_than_is_shipped_is_said(staff, order):
    StockRecord.objects.update(num_allocated=0, num_in_stock=0)

    answer = ship(staff, order, 0)

    assert ShippingEvent.objects.count() == 0
    assert "Less is in stock than was to be shipped" in answer.content.decode()
