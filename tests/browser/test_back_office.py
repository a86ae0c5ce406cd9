"""The look of the back office, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from oscar.test import factories as oscar
from playwright.sync_api import Page, expect

from backoffice import roles
from catalogue.factories import ProductFactory
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of
from tests.world import create_world

pytestmark = pytest.mark.browser

PHONE, DESKTOP = 390, 1280
LOG_IN = ("dashboard:login", "dashboard:logout")
RULES = ["heading-order", "page-has-heading-one", "scrollable-region-focusable"]
SETTLED = """() => new Promise(requestAnimationFrame).then(() => Promise.allSettled(
    document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished)))"""
RUNS_OUT = """() => [document.scrollingElement, document.querySelector("main")]
    .some((box) => box.scrollWidth > box.clientWidth)"""


@pytest.fixture
def world(live_shop) -> dict[str, object]:
    """One object of each kind, some with names of real length."""
    customer = User.objects.create_user("maximiliane.von.hohenberg@example.com")
    oscar.VoucherFactory(code="MIDSUMMERCLEARANCE", name="Midsummer clearance")
    oscar.ConditionalOfferFactory(name="Three candlelights for the price of two")
    return create_world() | {"customer": customer}


@pytest.fixture
def administrator(page: Page, live_shop) -> Page:
    """The page of somebody with all rights of a role."""
    user = User.objects.create_user("administrator@example.com")
    user.groups.add(Group.objects.get(name=roles.ADMINISTRATOR))
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_shop.url}]
    )
    return page


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(SETTLED)


def faults(page: Page, path: str) -> Iterator[str]:
    """What is wrong with the layout and the headings of a page."""
    page.goto(path)
    for width in (PHONE, DESKTOP):
        resize(page, width)
        if page.evaluate(RUNS_OUT):
            yield f"{path} runs out of the window at {width} px"
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    yield from (f"{path}: {violation['id']}" for violation in found)


# --- Every page ---------------------------------------------------------------------------


def paths(world: Mapping[str, object]) -> Iterator[str]:
    """The pages of the dashboard that can be read."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))
    for address in all_addresses():
        if not address.name.startswith("dashboard:") or address.name in LOG_IN:
            continue
        response = client.get(path := path_of(address, world))
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code == 200 and is_page:
            yield path


@pytest.mark.slow
def test_every_page_of_the_dashboard_fits_the_window(administrator, world):
    pages = list(paths(world))

    assert len(pages) > 60
    assert [fault for path in pages for fault in faults(administrator, path)] == []


# --- Some pages, and what they consist of -------------------------------------------------


def test_pages_fit_the_window(administrator, world):
    names = ["offer-list", "order-list", "range-list", "voucher-list", "index"]
    pages = [reverse("dashboard:user-detail", args=[world["customer"].pk])]
    pages += [reverse(f"dashboard:{name}") for name in names]

    assert [fault for path in pages for fault in faults(administrator, path)] == []

    figures = administrator.locator(".order-graph-details label").all()
    boxes = [figure.bounding_box() for figure in figures]
    assert len(boxes) == 4
    assert len({box["y"] for box in boxes}) == 1
    assert min(box["width"] for box in boxes) > 200


def test_controls_have_their_arrows_and_open_in_the_window(administrator):
    ProductFactory()
    resize(administrator, PHONE)

    administrator.goto(reverse("dashboard:catalogue-product-list"))
    select = administrator.locator(".select2-selection__arrow b").first
    expect(select).not_to_have_css("border-top-width", "0px")
    menu = administrator.locator(".dropdown-toggle").last
    width_of_arrow = "a => getComputedStyle(a, '::after').borderTopWidth"
    assert menu.evaluate(width_of_arrow) != "0px"
    font_of_arrow = "span => getComputedStyle(span, '::before').fontFamily"
    font = administrator.locator("th.desc span").evaluate(font_of_arrow)
    is_loaded = "font => [...document.fonts].some((each) => each.family === font)"
    assert administrator.evaluate(is_loaded, font.strip('"'))

    menu.click()
    item = administrator.locator(".dropdown-menu.show .dropdown-item").last
    expect(item).to_be_in_viewport(ratio=1)
    item.click(trial=True)  # nothing lies above it

    administrator.goto(reverse("dashboard:voucher-create"))
    administrator.locator(".input-group-append").first.click()
    calendar = administrator.locator(".bootstrap-datetimepicker-widget")
    expect(calendar).to_be_in_viewport(ratio=1)
