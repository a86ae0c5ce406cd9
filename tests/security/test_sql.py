"""Nothing that a visitor types becomes part of a statement's text."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client

from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of

TYPED = "canary'\"\\);--%s{}$1"
SHOP = {
    "/search/": ("q", "page", "sort_by", "category", "price"),
    "/search/suggestions/": ("q",),
    "/catalogue/": ("q", "page", "sort_by", "price", "partner"),
    "/basket/": ("removed", "quantity"),
    "/accounts/orders/": ("order_number", "page"),
}
"""What the shop reads, besides what its forms name."""


@pytest.fixture
def administrator(db) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root@example.org", "x"))
    return client


def forms_of(html: bytes, path: str) -> list[tuple[str, str, list[str]]]:
    """Method, path and names of the fields of every form on a page."""
    return [
        (
            str(form.get("method", "get")).lower(),
            urlsplit(str(form.get("action") or path)).path or path,
            [str(field["name"]) for field in form.select("[name]")],
        )
        for form in BeautifulSoup(html, "html.parser").select("form")
    ]


def statements_with_canary(
    client: Client, method: str, path: str, names: list[str]
) -> list[str]:
    """Fill every field with the canary. Return the statements whose text has it."""
    found = []

    def look(execute, sql, params, many, context):
        if "canary" in str(sql):
            found.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look), transaction.atomic():
        getattr(client, method)(path, dict.fromkeys(names, TYPED))
        for name in names if method == "get" else ():
            client.get(path, {name: TYPED})  # another field's error would hide it
        transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_what_is_typed_is_never_part_of_a_statement(world, administrator):
    """Every field of every form of shop and back office, as administrator."""
    forms = {("get", path, names) for path, names in SHOP.items()}
    for address in all_addresses():
        path = path_of(address, world)
        page = administrator.get(path)
        if page.get("Content-Type", "").startswith("text/html") and not page.streaming:
            forms |= {
                (method, action, tuple(dict.fromkeys(names)))
                for method, action, names in forms_of(page.content, path)
                if action.startswith("/") and "logout" not in action
            }

    carried = {
        f"{method} {path}: {sql[:200]}"
        for method, path, names in forms
        for sql in statements_with_canary(administrator, method, path, list(names))
    }

    assert carried == set()
    assert len(forms) > 100
