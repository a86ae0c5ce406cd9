"""What scripts add to the shop's pages, and that the pages work without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from catalogue.factories import (
    AxisFactory,
    CategoryFactory,
    ChildFactory,
    LibraryImageFactory,
    OptionFactory,
    ParentFactory,
    ProductFactory,
    ProductImageFactory,
)
from catalogue.models import Option, Product
from checkout.conftest import ADDRESS

pytestmark = pytest.mark.browser


@pytest.fixture
def plain_page(browser: Browser, live_shop) -> Iterator[Page]:
    """A visitor whose browser runs no scripts."""
    context = browser.new_context(base_url=live_shop.url, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def product_with_pictures(count: int) -> Product:
    product = ProductFactory(title="Kettle")
    for number in range(count):
        ProductImageFactory(
            product=product,
            display_order=number,
            caption=f"Picture {number + 1}",
            original=LibraryImageFactory(
                file__width=1200, file__height=1600, file__color="navy"
            ),
        )
    return product


def in_view(page: Page) -> str:
    """The picture in the middle of the window."""
    return page.evaluate(
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2).alt"
    )


# --- Pictures -------------------------------------------------------------------------


@pytest.mark.parametrize("width", [390, 1280])
def test_goods_are_shown_whole(page, live_shop, width):
    category = CategoryFactory(name="Kitchen")
    product = product_with_pictures(2)
    product.categories.add(category)
    page.set_viewport_size({"width": width, "height": 900})

    for url in (category.get_absolute_url(), product.get_absolute_url()):
        page.goto(url)
        fits = page.locator("main img").evaluate_all(
            "images => images.map(image => getComputedStyle(image).objectFit)"
        )
        assert set(fits) == {"contain"}


def test_pictures_are_seen_large_by_click_and_keys(page, live_shop):
    page.goto(product_with_pictures(3).get_absolute_url())
    lightbox = page.get_by_role("dialog", name="Pictures")

    page.get_by_role("link", name="Enlarge: Picture 2").click()
    expect(lightbox).to_be_visible()
    expect(lightbox).to_contain_text("2 / 3")
    assert in_view(page) == "Picture 2"

    page.keyboard.press("ArrowRight")
    expect(lightbox).to_contain_text("3 / 3")
    assert in_view(page) == "Picture 3"
    page.keyboard.press("ArrowLeft")
    expect(lightbox).to_contain_text("2 / 3")
    lightbox.get_by_role("button", name="Previous picture").click()
    expect(lightbox).to_contain_text("1 / 3")

    page.keyboard.press("Escape")
    expect(lightbox).to_be_hidden()
    expect(page.get_by_role("link", name="Enlarge: Picture 2")).to_be_focused()


def test_picture_is_zoomed_where_it_is_clicked(page, live_shop):
    page.goto(product_with_pictures(1).get_absolute_url())
    page.get_by_role("link", name="Enlarge: Picture 1").click()
    lightbox = page.get_by_role("dialog", name="Pictures")
    picture = lightbox.get_by_role("img", name="Picture 1")
    zoom = lightbox.get_by_role("button", name="Zoom")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.lightbox__image').complete")
    whole = picture.bounding_box()
    assert whole["height"] <= 900

    picture.click(position={"x": whole["width"] / 2, "y": whole["height"] - 2})
    expect(zoom).to_have_attribute("aria-pressed", "true")
    large = picture.bounding_box()
    assert large["height"] > 1.5 * whole["height"]
    assert large["y"] < 0  # the lower end was clicked
    zoom.click()
    expect(zoom).to_have_attribute("aria-pressed", "false")
    assert picture.bounding_box() == whole
    expect(lightbox.get_by_role("button", name="Next picture")).to_be_hidden()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(lightbox).to_be_hidden()


def test_pictures_are_swiped(browser, live_shop):
    product = product_with_pictures(2)
    context = browser.new_context(
        base_url=live_shop.url,
        viewport={"width": 390, "height": 800},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    page.goto(product.get_absolute_url())
    page.get_by_role("link", name="Enlarge: Picture 1").tap()
    lightbox = page.get_by_role("dialog", name="Pictures")
    expect(lightbox).to_contain_text("1 / 2")

    session = context.new_cdp_session(page)
    session.send(
        "Input.synthesizeScrollGesture",
        {"x": 300, "y": 400, "xDistance": -300, "yDistance": 0},
    )

    expect(lightbox).to_contain_text("2 / 2")
    context.close()


def test_without_scripts_a_link_leads_to_the_large_picture(plain_page):
    product = product_with_pictures(1)
    plain_page.goto(product.get_absolute_url())

    plain_page.get_by_role("link", name="Enlarge: Picture 1").click()

    expect(plain_page).to_have_url(re.compile(r"/media/"))


# --- Variants -------------------------------------------------------------------------


@pytest.fixture
def tent() -> Product:
    parent = ParentFactory(title="Tent")
    colours = AxisFactory(
        product_class=parent.product_class, options=["Red", "Blue"]
    ).option_group.options.all()
    sizes = AxisFactory(
        name="Size",
        code="size",
        product_class=parent.product_class,
        option_group__name="Sizes",
        options=["Small", "Large"],
    ).option_group.options.all()
    for colour in colours:
        for size in sizes:
            ChildFactory(parent=parent, attributes={"colour": colour, "size": size})
    return parent


def test_focus_stays_on_the_option_that_was_chosen(page, tent):
    page.goto(tent.get_absolute_url())
    for name in ("Large", "Blue", "Small"):
        option = page.get_by_role("link", name=name, exact=True)
        option.focus()
        page.keyboard.press("Enter")
        expect(option).to_have_attribute("aria-current", "true")
        expect(option).to_be_focused()


def test_last_of_two_quick_choices_counts(page, tent):
    held = []

    def answer(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.goto(tent.get_absolute_url())
    page.route("**/*variant=*", answer)
    small, red = (
        page.get_by_role("link", name=name, exact=True) for name in ("Small", "Red")
    )
    small.click()
    red.click()
    expect(red).to_have_attribute("aria-current", "true")

    with page.expect_event("requestfinished"):
        held.pop().continue_()

    page.wait_for_timeout(100)  # for what would be drawn
    expect(red).to_have_attribute("aria-current", "true")


def test_what_was_typed_stays_when_another_variant_is_chosen(page, tent):
    box = OptionFactory(name="Box", type=Option.RADIO, choices=["Wood", "Paper"])
    tent.product_options.add(OptionFactory(), box)
    page.goto(tent.get_absolute_url())
    page.get_by_label("Engraving").fill("For Ada")
    page.get_by_label("Paper").check()

    page.get_by_role("link", name="Blue", exact=True).click()

    expect(page).to_have_url(re.compile("variant="))
    expect(page.locator("[data-product]")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_label("Engraving")).to_have_value("For Ada")
    expect(page.get_by_label("Paper")).to_be_checked()


# --- Tools of people without scripts --------------------------------------------------


def test_list_is_sorted_at_once(page, live_shop):
    lamps = CategoryFactory(name="Lamps")
    for title in ("Beam", "Arc"):
        ProductFactory(title=title, categories=[lamps])
    page.goto(lamps.get_absolute_url())
    titles = page.locator(".product-card__title")
    expect(titles).to_have_text(["Arc", "Beam"])
    expect(page.get_by_role("button", name="Sort", exact=True)).to_be_hidden()
    choice = page.get_by_role("combobox", name="Sort by")
    choice.focus()

    choice.select_option("title")
    expect(page).to_have_url(re.compile(r"\?sort=title$"))
    choice.select_option("newest")

    expect(page).to_have_url(re.compile(r"\?sort=newest$"))
    expect(titles).to_have_text(["Arc", "Beam"])
    expect(choice).to_be_focused()


def test_quantity_changes_the_total_at_once(page, live_shop):
    product = ProductFactory(title="Lamp", stockrecords__price=Decimal("10.00"))
    ProductFactory(title="Shade")
    page.goto(product.get_absolute_url())
    page.get_by_role("button", name="Add to basket").click()
    page.goto("/basket/")
    expect(page.get_by_role("button", name="Update Lamp")).to_be_hidden()

    more = page.get_by_role("button", name="One more")
    more.click()
    more.click()

    expect(page.locator(".totals__row--total")).to_contain_text("€30.00")
    expect(page.locator(".line-item__price")).to_have_text("€30.00")
    expect(page.locator(".visitor-link__count")).to_contain_text("3")
    expect(page.get_by_role("status").first).to_contain_text("has been changed")
    expect(more).to_be_focused()


def test_line_without_a_quantity_is_taken_out(page, live_shop):
    page.goto(ProductFactory(title="Lamp").get_absolute_url())
    page.get_by_role("button", name="Add to basket").click()
    page.goto("/basket/")

    page.get_by_role("button", name="One less").click()

    expect(page.get_by_text("“Lamp” is out of your basket.")).to_be_visible()
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()


def test_quantity_that_is_refused_says_why(page, live_shop):
    product = ProductFactory(title="Lamp", stockrecords__num_in_stock=2)
    page.goto(product.get_absolute_url())
    page.get_by_role("button", name="Add to basket").click()
    page.goto("/basket/")

    page.get_by_role("spinbutton").fill("5")
    page.keyboard.press("Tab")

    expect(page.get_by_role("alert").first).to_contain_text("2")
    expect(page.locator(".totals__row--total")).to_contain_text("€12.00")


def names_of(fields: Locator) -> list[str]:
    return fields.evaluate_all("fields => fields.map(field => field.name)")


def test_country_and_delivery_change_the_page_at_once(page, live_shop):
    page.goto(ProductFactory().get_absolute_url())
    page.get_by_role("button", name="Add to basket").click()
    page.goto("/checkout/shipping-address/")
    country = page.get_by_role("combobox", name="Country")
    expect(page.get_by_role("button", name="Show the fields")).to_be_hidden()
    page.get_by_role("textbox", name="First name").fill("Ada")
    country.focus()

    fields = page.locator("[data-part=address] input")
    assert names_of(fields)[-2:] == ["postcode", "line4"]
    with page.expect_request("**/shipping-address/"):
        country.select_option("GB")
    last_name = page.get_by_role("textbox", name="Last name")
    last_name.fill("Lovelace")  # before the answer has come
    expect(fields.last).to_have_attribute("name", "postcode")
    expect(last_name).to_have_value("Lovelace")
    expect(last_name).to_be_focused()
    expect(page.get_by_role("textbox", name="First name")).to_have_value("Ada")
    country.focus()
    country.select_option("DE")
    expect(fields.last).to_have_attribute("name", "line4")
    expect(country).to_be_focused()

    for name, value in ADDRESS.items():
        if name != "country":
            page.locator(f"main [name={name}]").fill(value)
    page.get_by_role("button", name="On to delivery").click()
    total = page.locator(".totals__row--total")
    expect(total).to_contain_text("€16.90")
    page.get_by_role("radio", name="Express delivery").check()
    expect(total).to_contain_text("€24.90")


def test_without_scripts_the_tools_are_there(plain_page):
    lamps = CategoryFactory(name="Lamps")
    product = ProductFactory(title="Lamp", categories=[lamps])
    plain_page.goto(lamps.get_absolute_url())
    expect(plain_page.get_by_role("button", name="Sort", exact=True)).to_be_visible()

    plain_page.goto(product.get_absolute_url())
    plain_page.get_by_role("button", name="Add to basket").click()

    expect(plain_page).to_have_url(re.compile(r"/basket/$"))
    expect(plain_page.get_by_text("“Lamp” is in your basket.")).to_be_visible()
    expect(plain_page.get_by_role("button", name="Update Lamp")).to_be_visible()
    plain_page.goto("/checkout/shipping-address/")
    expect(plain_page.get_by_role("button", name="Show the fields")).to_be_visible()
