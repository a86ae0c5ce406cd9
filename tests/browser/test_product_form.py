"""The form of a product in the back office, as somebody sees it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from backoffice import roles
from catalogue import factories

pytestmark = pytest.mark.browser


@pytest.fixture
def product_form(page: Page, log_in, person) -> Page:
    """The form of a product, open in front of a merchandiser."""
    product = factories.ProductFactory(categories=[factories.CategoryFactory()])
    factories.LibraryImageFactory.create_batch(6)
    log_in(page, person(roles.MERCHANDISER).email)
    page.goto(f"/dashboard/catalogue/products/{product.pk}/")
    return page


def boxes(found: Locator) -> list[dict]:
    return [each.bounding_box() for each in found.all()]


def test_form_has_room_for_its_fields_and_names_them(product_form):
    product_form.locator("[href='#product_stock']").click()
    product_form.get_by_text("Plan a price").click()
    fields = boxes(product_form.locator(".stock-record__plan input:visible"))
    product_form.locator("[href='#product_recommended']").click()
    recommended = product_form.get_by_role("combobox", name="Recommended product")
    expect(
        recommended.first
    ).to_be_visible()  # Select2's field, not the select it hides
    product_form.locator("[href='#product_images']").click()
    product_form.get_by_role("button", name="Choose pictures").click()
    pictures = product_form.locator(".modal-body li img")
    pictures.nth(5).wait_for()

    assert len(fields) == 3
    for left, right in pairwise(fields):
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] < right["x"]
    assert len({box["y"] for box in boxes(pictures)}) == 2
    assert product_form.locator(".modal-content").bounding_box()["width"] > 900


def test_tab_with_an_error_is_marked_and_opened(product_form):
    description = product_form.get_by_role("textbox", name="Description", exact=True)
    description.press_sequentially("Warm")
    sent = product_form.locator("main [name=description]")
    expect(sent).to_have_value(re.compile("Warm"))
    product_form.locator("[name$=-price]").evaluate("field => { field.value = 0 }")
    product_form.locator("main form").evaluate("form => { form.noValidate = true }")
    product_form.get_by_role("button", name="Save and continue editing").click()

    marked = product_form.get_by_role("tab", name="Stock and pricing 1 error")
    marked.wait_for()
    sign = marked.get_by_role("img", name="1 error").bounding_box()
    tab = marked.bounding_box()
    assert tab["x"] < sign["x"] < sign["x"] + sign["width"] <= tab["x"] + tab["width"]
    assert tab["y"] < sign["y"] < sign["y"] + sign["height"] < tab["y"] + tab["height"]
    assert product_form.locator(".tab-errors").count() == 1
    assert product_form.get_by_label("Price", exact=True).is_visible()
    product_form.locator("[href='#product_details']").click()
    assert "Warm" in description.inner_text()
