"""From the home page to an order and its status: by mouse, without JavaScript, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import Browser, Locator, Page, expect

from catalogue.models import Product
from catalogue.partner.models import StockRecord
from catalogue.partner.services import price_change
from checkout.order.models import Order
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.browser

ARTICLE = "A weekend with one bag"
JACKET = "Dunmere jacket"
VARIANT = "Dunmere jacket, Rust, M"
BASKET = re.compile(r"^Basket( items: 1)?$")
"""The count comes with the visitor's fragment, which is fetched by a script."""

DETAILS = {
    "E-mail address": "ada@example.com",
    "First name": "Ada",
    "Last name": "Lindqvist",
    "Street and number": "Mill Lane 4",
    "Postcode": "20095",
    "Town or city": "Musterhafen",
}
MOST_TABS = 120
"""No page of the tiny shop has more places to stop at."""

SHOWS_FOCUS = """element => {
    for (let node = element, up = 0; node && up < 4; node = node.parentElement, up++) {
        const { outlineStyle, outlineWidth } = getComputedStyle(node);
        if (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) return true;
    }
    return false;
}"""
"""The ring may be drawn by what stands around the element: a card, a choice."""


@dataclass(frozen=True)
class Mouse:
    """Points at what has a name."""

    page: Page

    def press(self, role: str, name: str | re.Pattern) -> None:
        self.find(role, name).click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_role("textbox", name=label).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_role("combobox", name=label).select_option(label=option)

    def pick(self, label: str) -> None:
        self.page.get_by_role("radio", name=label).check()

    def find(self, role: str, name: str | re.Pattern) -> Locator:
        return self.page.get_by_role(role, name=name, exact=True).first


class Keyboard(Mouse):
    """Tabs to what has a name, sees where it is, and presses keys."""

    def press(self, role: str, name: str | re.Pattern) -> None:
        self.tab_to(self.find(role, name))
        self.page.keyboard.press("Space" if role == "button" else "Enter")

    def fill(self, label: str, text: str) -> None:
        self.tab_to(self.page.get_by_role("textbox", name=label))
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        self.tab_to(self.page.get_by_role("combobox", name=label))
        self.page.keyboard.type(option)

    def pick(self, label: str) -> None:
        """Tab stops at the chosen button of a group, arrows go on from there."""
        wanted = self.page.get_by_role("radio", name=label)
        group = self.page.get_by_role("group").filter(has=wanted)
        chosen = group.get_by_role("radio", checked=True)
        self.tab_to(chosen)
        for _ in range(group.get_by_role("radio").count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(wanted).to_be_checked()

    def tab_to(self, place: Locator) -> None:
        expect(place).to_be_visible()
        for _ in range(MOST_TABS):
            if place.evaluate("element => element === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(place).to_be_focused()
        expect(place).to_be_in_viewport()
        assert place.evaluate(SHOWS_FOCUS), f"focus can't be seen: {place}"


@pytest.fixture
def open_page(browser: Browser, live_demo) -> Iterator[Callable[..., Page]]:
    """Opens the shop as a new visitor; complaints and requests to other hosts fail the test."""
    contexts, complaints = [], []

    def ask(request) -> None:
        if not request.url.startswith((live_demo.url, "data:")):
            complaints.append(f"another host: {request.url}")

    def say(message) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"console: {message.text}")

    def open_as(**options) -> Page:
        context = browser.new_context(base_url=live_demo.url, **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("request", ask)
        page.on("console", say)
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def variant(demo_db) -> Product:
    """A variant that differs from the first one in picture, price and stock."""
    record = StockRecord.objects.get(product__title=VARIANT)
    price_change(stockrecord=record, amount=Decimal("99.00"))
    StockRecord.objects.filter(pk=record.pk).update(num_in_stock=2)
    return record.product


def buy(hand: Mouse, variant: Product) -> str:
    """The number of the order."""
    hand.page.goto("/")
    read_and_find_the_jacket(hand)
    choose_variant(hand, variant)
    put_into_basket(hand)
    give_details(hand)
    choose_delivery(hand)
    return place_order(hand)


def read_and_find_the_jacket(hand: Mouse) -> None:
    hand.press("link", ARTICLE)
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(ARTICLE)
    hand.press("link", JACKET)
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(JACKET)


def choose_variant(hand: Mouse, variant: Product) -> None:
    product = hand.page.locator("[data-product]")
    picture = product.get_by_role("img").first
    expect(product.locator(".price")).to_have_text("€155.00")
    expect(product.locator(".availability")).to_have_text("In stock")
    expect(picture).to_have_accessible_name("Dunmere jacket in pine")

    hand.press("link", "Rust")
    expect(picture).to_have_accessible_name("Dunmere jacket in rust")
    hand.press("link", "M")
    expect(product.locator(".price")).to_have_text("€99.00")
    expect(product.locator(".availability")).to_have_text("Only 2 left")
    expect(picture).to_have_accessible_name("Dunmere jacket in rust")
    expect(hand.page).to_have_url(re.compile(rf"\?variant={variant.pk}$"))


def put_into_basket(hand: Mouse) -> None:
    hand.press("button", "Add to basket")
    hand.press("link", BASKET)
    hand.page.wait_for_url("**/basket/")
    line = hand.page.get_by_role("listitem").filter(has_text=JACKET)
    expect(line).to_contain_text("Rust")
    expect(line).to_contain_text("€99.00")
    hand.press("link", "Go to checkout")


def give_details(hand: Mouse) -> None:
    hand.page.wait_for_url("**/checkout/shipping-address/")
    hand.choose("Country", "Germany")
    for label, text in DETAILS.items():
        hand.fill(label, text)
    hand.press("button", "On to delivery")


def choose_delivery(hand: Mouse) -> None:
    hand.page.wait_for_url("**/checkout/shipping-method/")
    hand.pick("Express delivery")
    hand.press("button", "Check your order")
    hand.page.wait_for_url("**/checkout/preview/")
    expect(hand.page.get_by_role("main")).to_contain_text("Express delivery")


def place_order(hand: Mouse) -> str:
    hand.press("button", "Order with obligation to pay")
    hand.page.wait_for_url("**/checkout/thank-you/")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    return hand.page.locator(".receipt__number").inner_text()


def status_address(number: str) -> str:
    """The signed link in the confirmation mail, without the host."""
    for entry in OutboxEntry.objects.filter(task__startswith="checkout"):
        assert outbox_run(entry.pk)
    (message,) = mail.outbox
    assert message.to == [DETAILS["E-mail address"]]
    links = re.findall(r"https?://\S+", str(message.body))
    (link,) = [link for link in links if number in link]
    return urlsplit(link).path


@pytest.mark.parametrize(
    ("hand", "options"),
    [
        pytest.param(Mouse, {}, id="mouse"),
        pytest.param(Mouse, {"java_script_enabled": False}, id="no-javascript"),
        pytest.param(Keyboard, {}, id="keyboard"),
    ],
)
def test_guest_reads_buys_and_follows_the_order(open_page, variant, hand, options):
    number = buy(hand(open_page(**options)), variant)

    assert Order.objects.get(number=number).lines.get().product == variant
    elsewhere = open_page(**options)
    elsewhere.goto(status_address(number))
    expect(elsewhere.get_by_role("main")).to_contain_text(number)
    expect(elsewhere.get_by_role("main")).to_contain_text("Confirmed")


def test_first_tab_offers_to_skip_to_the_content(open_page):
    hand = Keyboard(open_page())
    hand.page.goto("/")

    hand.page.keyboard.press("Tab")
    expect(hand.find("link", "Skip to content")).to_be_focused()
    hand.press("link", "Skip to content")

    expect(hand.page.get_by_role("main")).to_be_focused()
