"""Who a customer is, is shown to the roles that deal with customers."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import reverse
from oscar.core.loading import get_model
from wagtail.log_actions import LogContext

from backoffice import roles
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of
from tests.every_model import create_every_model
from tests.security.test_exports import QUERIES, REPORT_QUERIES, may_export

Order = get_model("order", "Order")
PERSON = {"first_name": "Zofqueenie", "last_name": "Zolqueenie"}
ADDRESS = PERSON | {"line1": "Zostqueenie 1", "postcode": "ZP1QUE"}
SECRETS = (
    "zofqueenie",
    "zolqueenie",
    "zostqueenie",
    "zp1que",
    "zomail",
    "zonote",
    "zograve",
)


@pytest.fixture
def order(world):
    """An order of a customer, whose data are found by their unusual letters."""
    create_every_model()
    order = Order.objects.get(number=world["dashboard:*.number"])
    User.objects.filter(pk=order.user_id).update(email="zomail@example.com", **PERSON)
    get_model("order", "ShippingAddress").objects.update(
        phone_number="+49301234567", notes="zonote", **ADDRESS
    )
    get_model("order", "BillingAddress").objects.update(**ADDRESS)
    get_model("order", "OrderNote").objects.update(message="zonote")
    get_model("order", "LineAttribute").objects.update(value="zograve")
    get_model("basket", "LineAttribute").objects.update(value="zograve")
    get_model("voucher", "VoucherApplication").objects.update(
        user=order.user, order=order
    )
    get_model("basket", "Basket").objects.update(owner=order.user)
    # The name of a review's author is public.
    get_model("reviews", "ProductReview").objects.update(user=None, name="Ida")
    get_model("analytics", "UserRecord").objects.update(user=order.user)
    get_model("wagtailcore", "WorkflowState").objects.update(requested_by=None)
    address = order.shipping_address
    address.line1 = "Zostqueenie 2"
    clerk = User.objects.create_user("clerk@example.com")
    with LogContext(user=clerk):  # into the history of the order
        address.save()
        order.notes.create(message="zonote")
    return order


def client_of(role: str) -> Client:
    user = User.objects.create_user("staff@example.com")
    user.groups.add(Group.objects.get(name=role))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def secrets_of(client: Client, path: str) -> list[str]:
    with transaction.atomic():
        response = client.get(path)
        content = b"".join(response).decode(errors="ignore").lower()
        transaction.set_rollback(True)
    return [secret for secret in SECRETS if secret in content]


@pytest.mark.parametrize("role", [roles.MERCHANDISER, roles.MARKETER])
def test_role_that_sells_sees_no_name_address_or_mail_of_a_customer(order, world, role):
    client = client_of(role)
    shown = {}

    for address in all_addresses():
        if not address.route.startswith(("cms/", "dashboard/")):
            continue
        if address.name.endswith(("logout", "error_test")):
            continue
        queries = QUERIES if may_export(address) else [""]
        if address.name == "dashboard:reports-index":
            queries = [*REPORT_QUERIES, *(q.split("&")[0] for q in REPORT_QUERIES)]
        for query in queries:
            path = f"{path_of(address, world)}?{query}"
            if secrets := secrets_of(client, path):
                shown[path] = secrets
    history = reverse("dashboard:history", args=["order.order", order.pk])
    if secrets := secrets_of(client, history):
        shown[history] = secrets

    assert shown == {}


def test_merchandiser_sees_what_was_ordered(order):
    client = client_of(roles.MERCHANDISER)

    page = client.get(reverse("dashboard:order-detail", args=[order.number]))

    assert order.lines.get().title in page.text
    assert "Your role does not see who the customer is." in page.text


@pytest.mark.parametrize("query", ["name=Zofqueenie", "response_format=csv"])
def test_merchandiser_neither_searches_by_name_nor_exports_orders(order, query):
    client = client_of(roles.MERCHANDISER)

    response = client.get(
        f"{reverse('dashboard:order-list')}?{query}",
        headers={"X-Requested-With": "XMLHttpRequest"},
    )

    assert response.status_code == 403


def test_support_sees_and_exports_customers_of_orders(order):
    client = client_of(roles.SUPPORT)
    listing = reverse("dashboard:order-list")

    page = client.get(reverse("dashboard:order-detail", args=[order.number]))
    found = client.get(f"{listing}?name=Zofqueenie")
    table = client.get(f"{listing}?response_format=csv")

    assert "zomail@example.com" in page.text
    assert "Zostqueenie 2" in page.text
    assert "zograve" in page.text
    assert order.number in found.text
    assert "zomail@example.com" in table.text
