"""The page of an order says whose it is."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from oscar.test import factories as oscar

from checkout.order import statuses
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db

GUEST = "Customer checked out as a guest."
DELETED = "Customer has deleted their account."


@pytest.mark.parametrize(
    ("guest_email", "has_account", "shown", "hidden"),
    [
        ("ada@example.org", True, "Ada Lovelace", GUEST),  # a guest's, joined since
        ("", True, "Ada Lovelace", GUEST),
        ("eve@example.org", False, GUEST, "Ada Lovelace"),
        ("", False, DELETED, GUEST),
    ],
)
def test_order_page_says_whose_it_is(guest_email, has_account, shown, hidden):
    ada = User.objects.create_user(
        "ada@example.org", first_name="Ada", last_name="Lovelace"
    )
    order = oscar.OrderFactory(user=ada if has_account else None)
    order.guest_email = guest_email
    order.save()
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))

    page = client.get(reverse("dashboard:order-detail", args=[order.number]))

    text = page.content.decode()
    assert shown in text
    assert hidden not in text
    assert (guest_email or (ada.email if has_account else "")) in text


def test_order_list_names_the_status_and_the_account():
    ada = User.objects.create_user(
        "ada@example.org", first_name="Ada", last_name="Lovelace"
    )
    oscar.OrderFactory(
        user=ada, guest_email="ada@example.org", status=statuses.PENDING_PAYMENT
    )
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))

    page = client.get(reverse("dashboard:order-list"))

    row = BeautifulSoup(page.content, "html.parser").select_one(".table tbody tr")
    assert "Waiting for payment" in row.text
    assert statuses.PENDING_PAYMENT not in row.text
    assert row.find("a", string="Ada Lovelace")
