"""What the form of a product says to assistive technology, and keeps when it is not valid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from catalogue import factories
from catalogue.partner.services import price_change
from foundation.accounts.models import User
from foundation.core import clock


@pytest.fixture
def staff(client, db):
    client.force_login(User.objects.create_superuser("staff@example.com"))
    return client


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def form_address(product) -> str:
    return reverse("dashboard:catalogue-product", args=[product.pk])


def missing_ids(page: BeautifulSoup) -> list[str]:
    ids = {element["id"] for element in page.find_all(id=True)}
    return [
        name
        for attribute in ("aria-describedby", "aria-labelledby")
        for element in page.select(f"main [{attribute}]")
        for name in element[attribute].split()
        if name not in ids
    ]


def test_help_and_errors_are_tied_to_their_fields(staff):
    product = factories.ProductFactory()

    page = soup(staff.get(form_address(product)))
    refused = soup(staff.post(form_address(product), posted(page, slug="a" * 300)))

    assert missing_ids(page) == []
    upc = page.select_one("#id_upc")
    help_text = page.find(id=upc["aria-describedby"])
    assert help_text.text.strip().startswith("Universal Product Code")
    assert missing_ids(refused) == []
    slug = refused.select_one("#id_slug")
    described = slug["aria-describedby"].split()
    assert described == ["id_slug_helptext", "id_slug_error"]
    assert "at most 255 characters" in refused.find(id="id_slug_error").text


def test_options_of_one_field_are_a_named_group(staff):
    record = factories.ProductFactory().stockrecords.get()
    price_change(
        stockrecord=record,
        amount=Decimal("8.00"),
        actor=None,
        window=(clock.to_minute(clock.now() + timedelta(days=1)), None),
    )

    page = soup(staff.get(form_address(record.product)))

    group = page.select_one("[role=group]")
    assert page.find(id=group["aria-labelledby"]).text == "Take back planned prices"
    assert len(group.select("input[type=checkbox]")) == 1


def test_field_whose_label_is_the_heading_of_a_column_has_a_name(staff):
    kind = factories.ProductClassFactory()

    page = soup(staff.get(reverse("dashboard:catalogue-class-update", args=[kind.pk])))

    assert page.select_one("#id_attributes-0-name")["aria-label"] == "Name"
    assert page.select_one("#id_attributes-0-code")["aria-label"] == "Code"


def test_heading_names_the_product_though_the_typed_title_is_empty(staff):
    product = factories.ProductFactory(title="Alpine boot")
    page = soup(staff.get(form_address(product)))

    refused = soup(staff.post(form_address(product), posted(page, title="")))

    assert refused.h1.text.strip() == "Alpine boot"
    assert refused.select_one(".breadcrumb .active").text.strip() == "Alpine boot"


def posted(page: BeautifulSoup, **changes: str) -> dict[str, str]:
    """What a browser sends of the form, with ``changes``."""
    values = {"action": "continue"}
    for field in page.select("main form input[name], main form textarea[name]"):
        if field.get("type") != "checkbox" or field.has_attr("checked"):
            values[field["name"]] = field.get("value", field.text)
    for field in page.select("main form select[name]"):
        chosen = field.select_one("option[selected]")
        values[field["name"]] = chosen["value"] if chosen else ""
    return values | changes
