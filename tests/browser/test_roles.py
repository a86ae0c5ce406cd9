"""The day of each role in the back office, by hand."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

import pytest
from oscar.core.loading import get_model
from oscar.test import factories as oscar
from PIL import Image

from backoffice import roles
from catalogue import factories
from catalogue.models import Category, Product
from catalogue.partner.models import PriceChange
from cms_pages.factories import article_index
from cms_pages.models import ArticlePage
from foundation.audit.selectors import history, history_entry

pytestmark = pytest.mark.browser


def picture(colour: str) -> dict:
    file = BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "PNG")
    return {"name": f"{colour}.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_merchandiser_makes_category_product_pictures_variants_and_prices(
    page, log_in, person
):
    merchandiser = person(roles.MERCHANDISER)
    boots = factories.ProductClassFactory(name="Boots")
    factories.AxisFactory(product_class=boots, options=["Red", "Green", "Blue"])
    factories.AxisFactory(
        product_class=boots,
        name="Size",
        code="size",
        option_group=oscar.AttributeOptionGroupFactory(name="Sizes"),
        options=["S", "L"],
    )
    factories.PartnerFactory()
    log_in(page, merchandiser.email)

    _make_category(page, "Footwear")
    _upload_pictures(page, ["red", "green", "blue", "white"])
    _make_product(page, boots, "Alpine boot", "Footwear")
    boot = Product.objects.get(title="Alpine boot")
    _choose_pictures(page, boot, 4)
    _make_variants(page, boot, price="49.00", stock="5")
    child = boot.children.order_by("pk").first()
    _change_price(page, child, "39.00")

    assert list(boot.categories.all()) == [Category.objects.get(name="Footwear")]
    assert boot.images.count() == 4
    assert boot.children.count() == 6
    records = [child.stockrecords.get() for child in boot.children.all()]
    assert sorted(record.price for record in records) == [
        Decimal("39.00"),
        *[Decimal("49.00")] * 5,
    ]
    assert {record.num_in_stock for record in records} == {5}
    assert {change.actor for change in PriceChange.objects.all()} == {merchandiser}
    assert {history_entry(log).actor for log in history(boot)} == {merchandiser.email}


def _make_category(page, name):
    page.goto("/dashboard/catalogue/categories/create/")
    page.locator("#id_name").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Category created successfully").wait_for()


def _upload_pictures(page, colours):
    page.goto("/cms/images/multiple/add/")
    page.locator("input[type=file]").first.set_input_files(
        [picture(c) for c in colours]
    )
    page.locator("#upload-list > li.upload-success").nth(len(colours) - 1).wait_for()


def _make_product(page, product_class, title, category):
    page.goto(f"/dashboard/catalogue/products/create/{product_class.slug}/")
    page.locator("#id_title").fill(title)
    page.locator("[href='#product_category']").click()
    choice = page.locator("#product_category select").first
    choice.select_option(label=category, force=True)
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("“Alpine boot” was saved.").wait_for()


def _choose_pictures(page, product, count):
    """All from the chooser at once; then the last becomes the first."""
    page.goto(f"/dashboard/catalogue/products/{product.pk}/#product_images")
    page.get_by_role("button", name="Choose pictures").click()
    boxes = page.locator(".modal-body input[type=checkbox][name=id]")
    boxes.nth(count - 1).wait_for()
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Confirm selection").click()
    pictures = page.locator(".product-picture")
    pictures.nth(count - 1).wait_for()
    last = pictures.nth(count - 1).locator("[name$=original]").input_value()
    page.locator(".modal").first.wait_for(state="hidden")
    pictures.nth(count - 1).drag_to(pictures.first)
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("“Alpine boot” was saved.").wait_for()

    assert str(product.images.first().original_id) == last


def _make_variants(page, product, *, price, stock):
    page.goto(f"/dashboard/catalogue/products/{product.pk}/#child_products")
    page.get_by_role("link", name="Make variants by options").click()
    page.get_by_role("heading", name="Make variants of").wait_for()
    for box in page.locator("form [name^=axis_]").all():
        box.check()
    page.get_by_label("Price of each").fill(price)
    page.get_by_label("In stock of each").fill(stock)
    page.get_by_role("button", name="Make variants").click()
    page.get_by_text("6 variants were made.").wait_for()


def _change_price(page, product, price):
    page.goto(f"/dashboard/catalogue/products/{product.pk}/#product_stock")
    page.get_by_label("Price", exact=True).fill(price)
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was saved.").wait_for()


def test_marketer_publishes_an_article_that_shows_a_product(page, log_in, person):
    marketer = person(roles.MARKETER)
    factories.ProductFactory(title="Alpine boot", stockrecords__price=Decimal("49.00"))
    journal = article_index()
    log_in(page, marketer.email)

    page.goto(f"/cms/pages/add/cms_pages/articlepage/{journal.pk}/")
    page.locator("#id_title").fill("Boots for snow")
    page.locator("#id_title").blur()
    page.locator("#panel-child-content-body-content, [id*=body]").get_by_title(
        "Insert a block"
    ).first.click()
    page.get_by_role("option", name="Product", exact=True).click()
    page.get_by_role("button", name="Choose a product").click()
    page.locator(".modal-body").get_by_role("link", name="Alpine boot").click()
    page.locator(".modal-body").wait_for(state="detached")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    # Which of the two depends on whether Wagtail has saved by itself meanwhile.
    page.get_by_text(re.compile("(created and|has been) published")).wait_for()

    article = ArticlePage.objects.get(title="Boots for snow")
    assert article.live
    assert article.owner == marketer
    page.goto(article.url)
    card = page.locator(".product-card")
    assert card.get_by_text("Alpine boot").is_visible()
    assert "49.00" in card.inner_text()


def test_support_ships_the_order(page, log_in, person):
    support = person(roles.SUPPORT)
    order = _confirmed_order()
    log_in(page, support.email)

    page.goto("/dashboard/orders/")
    page.get_by_role("link", name=order.number, exact=True).first.click()
    page.locator("[name=selected_line]").check()
    page.locator("[name=line_action][value=create_shipping_event]").check()
    page.locator("[name=shipping_event_type]").select_option("shipped", force=True)
    page.get_by_role("button", name="Go").click()
    page.get_by_text("Shipping event created").wait_for()

    order.refresh_from_db()
    assert order.shipping_events.get().event_type.code == "shipped"
    assert order.status == "completed"
    assert support.email in {history_entry(log).actor for log in history(order)}


def _confirmed_order():
    product = factories.ProductFactory()
    record = product.stockrecords.get()
    order = oscar.OrderFactory(status="confirmed", user=None)
    oscar.OrderLineFactory(
        order=order,
        product=product,
        stockrecord=record,
        partner=record.partner,
        partner_sku=record.partner_sku,
        quantity=2,
        num_allocated=2,
    )
    record.allocate(2)
    get_model("order", "ShippingEventType").objects.get_or_create(
        code="shipped", defaults={"name": "Shipped"}
    )
    return order
