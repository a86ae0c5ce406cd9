"""What tests of the wing need: a visitor's browser and the way to an order."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

ADDRESS = {
    "email": "ada@example.org",
    "country": "DE",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "line1": "Ringstraße 1",
    "postcode": "10115",
    "line4": "Berlin",
}


class Browser(Client):
    """A visitor on one of the shop's own pages; ``statements`` counts SQL by request."""

    def __init__(self, **defaults):
        super().__init__(**{"HTTP_SEC_FETCH_SITE": "same-origin"} | defaults)
        self.statements: list[tuple[str, list[str]]] = []

    def request(self, **request):
        with counted() as statements:
            response = super().request(**request)
        self.statements.append(
            (f"{request['REQUEST_METHOD']} {request['PATH_INFO']}", statements)
        )
        return response

    def add(self, product, quantity=1, **data):
        return self.post(f"/basket/add/{product.pk}/", {"quantity": quantity} | data)

    def give_details(self, **changes):
        return self.post("/checkout/shipping-address/", ADDRESS | changes)

    def choose_delivery(self, **changes):
        data = {"shipping_code": "standard", "payment_code": "invoice"}
        return self.post(
            "/checkout/shipping-method/", data | {"billing_same": "on"} | changes
        )

    def preview(self):
        return self.get("/checkout/preview/")

    def place(self, **changes):
        """Press the button of the preview as it is now."""
        page = self.preview()
        data = {
            "basket": page.context["basket_token"],
            "total": page.context["summary"].total.amount,
        }
        return self.post("/checkout/preview/", data | changes)

    def order(self, *products):
        """The whole way with one piece of each product; the order."""
        from checkout.order.models import Order

        for product in products:
            self.add(product)
        self.give_details()
        self.choose_delivery()
        assert self.place().url == "/checkout/thank-you/"
        return Order.objects.latest("pk")


@contextmanager
def counted():
    """The SQL statements of the block, in a list that grows."""
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(note))
        yield statements


@pytest.fixture
def browser():
    return Browser()


def money(text: str) -> Decimal:
    return Decimal(text)
