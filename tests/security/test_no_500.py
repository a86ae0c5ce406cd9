"""Hostile values at every address, in every parameter, query and form: never a status of 500.

Addresses come from the URL resolver. Names of parameters and fields come from the
forms of the pages and from the code of the views. Values are drawn by hypothesis,
each target from a seed of its own: a red run repeats. ``make test`` asks the shop,
``make test-slow`` the shop more often, and the back office.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from types import ModuleType
from urllib.parse import quote, urlencode, urlsplit
from zlib import crc32

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from wagtail.contrib.forms.models import FORM_FIELD_CHOICES

from catalogue.models import Product
from checkout.basket.models import Line
from checkout.conftest import Browser
from checkout.customer.models import ProductAlert
from checkout.order.models import Order
from cms_pages.models import FormPage
from foundation.accounts.models import User
from tests.addresses import Address, all_addresses, path_of

NUMBERS = [
    *("9" * 5000, "--5", "+-1", "-1", "-0", "0", "1.5", "0x1", "1_000", "²", "٣"),
    *("2147483648", "9223372036854775808", "99999999999999999999"),
    *("sNaN", "NaN", "-Infinity", "1e400", "1e-400"),
]
DATES = [
    *("9999-99-99", "0001-01-01", "9999-12-31", "12345-01-01", "31/12/9999"),
    *("0001-01-01T00:00", "9999-12-31 23:59", "25:61"),
]
TEXTS = [
    *("", " ", ",", "1,2", "id,1", "*", "(", ":*", "&|!", "a[]", "on", "None", "1:2"),
    *("%", "%00", "%s%n", "{0.__class__}", "\\", "'", '"', "`", "<script>", "a:b"),
    *("\r\nX-A: b", "\u202e", "\ufffd", "\U0001f600", "\ufdd0", "\x01\x1f"),
    *("x" * 300, "x" * 5000, "ä" * 260 + "@example.com", "a@" + "b" * 300 + ".org"),
    *("../../etc/passwd", "https://evil.example/", "//evil", "//[", "http://["),
    *("[]", "{}", "null", "true", "1e999", '"\\ud800"', '{"a": "\\u0000"}'),
]
HOSTILE = [*NUMBERS, *DATES, *TEXTS]
UNDECODABLE = ("%", "%ED%A0%80", "%FF%FE", "%u0000", "%0")  # as they stand in a query

KNOWN = {
    "wagtailadmin_error_test": "fails on purpose",
    "cms_*_chooser:create": "a chooser without a form; nothing leads there",
    "wagtailsnippetchoosers_*:create": "the same",
    "wagtailadmin_choose_page_external_link": "needs the field that its form has",
    "wagtailadmin_pages:revisions_revert": "takes for granted that the revision exists",
    "wagtailredirects:process_import": "needs the fields that its form has",
}
"""Wagtail 8.0.1, seen by staff alone: views that can't be overridden, and why they fail."""

ENDS_THE_SESSION = {"wagtailadmin_logout", "dashboard:logout", "customer:logout"}
HEALTH = ("/healthz/", "/readyz/", "/health/")

READ_IN_CODE = re.compile(
    r"""(?:GET|POST|FILES)(?:\.get|\.getlist|\.pop)?[(\[]\s*["']([\w:-]+)["']"""
)
AREAS = ["cms/", "dashboard/", "shop, anonymous", "shop, customer"]
"""The parts of the back office, for an administrator; the shop for both kinds of visitors."""
RUNS = [
    ("shop, anonymous", 3),
    ("shop, customer", 3),
    pytest.param("shop, anonymous", 10, marks=pytest.mark.slow),
    pytest.param("shop, customer", 10, marks=pytest.mark.slow),
    pytest.param("cms/", 1, marks=pytest.mark.slow),
    pytest.param("dashboard/", 2, marks=pytest.mark.slow),
]
"""Where, and how many examples for each address: a page of Wagtail takes long to draw."""


# --- Values -------------------------------------------------------------------------


def hostile(target: str) -> st.SearchStrategy[str]:
    """Known evil, beginning somewhere else for each target, then any text without U+0000."""
    start = crc32(target.encode()) % len(HOSTILE)
    known = [*HOSTILE[start:], *HOSTILE[:start]]
    return st.sampled_from(known) | st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50
    )


def probe(
    name: str, fields: Mapping[str, str | None], examples: int, ask: Callable
) -> None:
    """Call ``ask`` with values for ``fields``; where one has a value of its own, also with that."""
    strategies = {
        each: hostile(f"{name} {each}")
        | (st.nothing() if usual is None else st.just(usual))
        for each, usual in sorted(fields.items())
    }

    @seed(crc32(name.encode()))
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries(strategies))
    def run(values):
        ask(values)

    run()


# --- Names --------------------------------------------------------------------------


@cache
def _names_in(module: ModuleType) -> frozenset[str]:
    return frozenset(READ_IN_CODE.findall(inspect.getsource(module)))


def names_read(callback: Callable) -> set[str]:
    """Names of parameters and fields that the code of a view, or of its parents, reads."""
    view = getattr(inspect.unwrap(callback), "view_class", None)
    view = getattr(callback, "view_class", view)
    owners = view.__mro__ if view else [inspect.unwrap(callback)]
    modules = {sys.modules[owner.__module__] for owner in owners} - {
        sys.modules["builtins"]
    }
    return set().union(*(_names_in(module) for module in modules))


@dataclass
class Form:
    """A form of a page: the values that it sends unless somebody changes them."""

    method: str
    path: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def forms_on(html: str, path: str) -> Iterable[Form]:
    for tag in BeautifulSoup(html, "html.parser").find_all("form"):
        form = Form(
            (tag.get("method") or "get").lower(),
            (tag.get("action") or path).split("#")[0],
        )
        for each in tag.find_all(["input", "select", "textarea", "button"]):
            if not each.get("name"):
                continue
            if each.get("type") == "file":
                form.files.add(each["name"])
            else:
                form.fields[each["name"]] = _usual_value(each)
        if not urlsplit(form.path).netloc:
            yield form


def _usual_value(tag) -> str:
    if tag.name == "textarea":
        return tag.text
    if tag.name == "select":
        option = tag.find("option", selected=True) or tag.find("option")
        return option.get("value", option.text) if option else ""
    return tag.get("value", "")


# --- Asking -------------------------------------------------------------------------


class Asker:
    """A visitor whose requests change nothing; what went wrong is in ``failures``."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.cookies = browser.cookies.copy()
        self.failures: dict[str, str] = {}
        self.requests = 0

    def ask(self, name: str, method: str, path: str, query: str = "", data=None):
        self.requests += 1
        self.browser.cookies = self.cookies.copy()
        with transaction.atomic():
            response = getattr(self.browser, method)(
                f"{path}{'&' if '?' in path else '?'}{query}" if query else path, data
            )
            transaction.set_rollback(True)
        if response.status_code >= 500 or not (
            {"Content-Security-Policy", "X-Request-ID"} <= set(response.headers)
        ):
            error = getattr(response, "exc_info", None) or [None, ""]
            self.failures.setdefault(
                f"{method} {name}",
                f"{response.status_code} {error[1]!s:.200} {path:.100} {query:.200} {data!s:.400}",
            )
        return response


def asker_for(area: str, world: dict[str, object]) -> Asker:
    """A visitor of ``area`` with a basket and a checkout under way."""
    browser = Browser(raise_request_exception=False)
    if area == "shop, customer":
        browser.force_login(User.objects.get(email="customer@example.com"))
    elif area != "shop, anonymous":
        browser.force_login(User.objects.create_superuser("root@example.com"))
    browser.add(Product.objects.get(pk=world["dashboard:catalogue-product*.pk"]))
    browser.give_details()
    browser.choose_delivery()
    return Asker(browser)


def addresses_of(area: str) -> list[Address]:
    return [
        address
        for address in all_addresses()
        if area_of(address) == area.partition(",")[0]
        if address.name not in ENDS_THE_SESSION
        if not any(fnmatchcase(address.name, pattern) for pattern in KNOWN)
    ]


def area_of(address: Address) -> str:
    parts = (each for each in AREAS if address.route.startswith(each))
    return next(parts, "shop")


@pytest.fixture
def shop(world) -> dict[str, object]:
    """The world, and what a customer has in the shop: values for parameters of its addresses."""
    customer = User.objects.get(email="customer@example.com")
    product = Product.objects.get(pk=world["dashboard:catalogue-product*.pk"])
    wishlist = customer.wishlists.create(name="Presents")
    wishlist.add(product)
    order = Order.objects.get(number=world["dashboard:*.number"])
    browser = Browser()
    browser.force_login(customer)
    browser.add(product)
    address = customer.addresses.create(
        first_name="Ada", line1="Ringstraße 1", line4="Berlin", country_id="DE"
    )
    category = product.categories.get()
    contact = FormPage.objects.get()
    for kind, _label in FORM_FIELD_CHOICES:
        contact.form_fields.create(label=kind, field_type=kind, choices="red,blue")
    return {
        "wagtail_serve.": f"{contact.slug}/",
        "catalogue:category.pk": category.pk,
        "catalogue:category.category_slug": category.slug,
        "catalogue:detail.pk": product.pk,
        "catalogue:reviews*.pk": world["dashboard:reviews*.pk"],
        "catalogue:range.slug": "everything",
        "basket:add.pk": product.pk,
        "basket:line.pk": Line.objects.filter(basket__owner=customer).get().pk,
        "customer:alert-create.pk": product.pk,
        "customer:alerts*.pk": ProductAlert.objects.get().pk,
        "customer:address*.pk": address.pk,
        "customer:address*.action": "default_for_billing",
        "customer:*.order_number": order.number,
        "customer:*.hash": order.verification_hash(),
        "customer:*.line_id": order.lines.get().pk,
        "customer:wishlists*.line_pk": wishlist.lines.get().pk,
        "*.product_slug": product.slug,
        "*.product_pk": product.pk,
        "*.key": wishlist.key,
        "*.to_key": wishlist.key,
        **world,
    }


def crawl(asker: Asker, addresses: Iterable[Address], world) -> dict[tuple, Form]:
    """Every form on the pages of ``addresses``, by method and path."""
    found: dict[tuple, Form] = {}
    for address in addresses:
        path = path_of(address, world)
        response = asker.ask(address.name, "get", path)
        kind = response.headers.get("Content-Type", "")
        if response.status_code != 200 or response.streaming or "html" not in kind:
            continue
        for form in forms_on(response.content.decode(), path):
            known = found.setdefault((form.method, form.path), form)
            known.fields |= form.fields
            known.files |= form.files
    return found


# --- The tests ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("area", "examples"), RUNS)
def test_no_hostile_value_makes_an_error(shop, area, examples):
    asker = asker_for(area, shop)
    addresses = addresses_of(area)
    forms = crawl(asker, addresses, shop)

    for address in addresses:
        attack_address(asker, address, shop, forms, examples)
    for form in forms.values():
        if form.method == "post" and "logout" not in form.path:
            attack_form(asker, form, 2 * examples)

    assert asker.failures == {}


def attack_address(asker: Asker, address: Address, world, forms, examples) -> None:
    """Hostile values in the query, in a form, and in each parameter of the path."""
    name, path = address.name, path_of(address, world)
    names = names_read(address.pattern.callback)
    if ("get", path) in forms:
        names |= set(forms["get", path].fields)

    def ask_with_query(values):
        asker.ask(name, "get", path, urlencode(values))

    def ask_with_form(values):
        asker.ask(name, "post", path, data=values)

    def ask_with_path(values):
        hostile_world = {
            f"{name}.{parameter}": quote(value or "%", safe="")
            for parameter, value in values.items()
        }
        asker.ask(name, "get", path_of(address, hostile_world | world))

    if names:
        probe(f"get {name}", dict.fromkeys(names), examples, ask_with_query)
        probe(f"post {name}", dict.fromkeys(names), examples, ask_with_form)
    for parameter in address.parameters:
        probe(f"path {name}", {parameter: None}, examples, ask_with_path)


def attack_form(asker: Asker, form: Form, examples: int) -> None:
    """Hostile values in some fields, the form's own in the others, junk for files."""

    def send(values):
        junk = {
            name: SimpleUploadedFile("x.png", b"\0\xff" + name.encode())
            for name in form.files
        }
        asker.ask(form.path, "post", form.path, data=values | junk)

    probe(form.path, form.fields, examples, send)


@pytest.mark.django_db
@pytest.mark.parametrize("area", AREAS)
def test_nul_is_refused_at_every_address(shop, area):
    asker = asker_for(area, shop)

    taken = [
        f"{address.name} {answer.status_code}"
        for address in addresses_of(area)
        for path in [path_of(address, shop)]
        for answer in (
            asker.ask(address.name, "get", path, "q=%00"),
            asker.ask(address.name, "post", path, data={"a\0": "1"}),
            asker.ask(address.name, "get", f"{path}%00"),
        )
        if answer.status_code != 400
    ]

    assert taken == []
    assert asker.failures == {}


@pytest.mark.django_db
@pytest.mark.parametrize("raw", UNDECODABLE)
def test_query_that_is_no_utf_8_makes_no_error(shop, raw):
    asker = asker_for("shop, customer", shop)

    for address in addresses_of("shop, customer"):
        names = names_read(address.pattern.callback) | {"q"}
        query = "&".join(f"{name}={raw}" for name in sorted(names))
        asker.ask(address.name, "get", path_of(address, shop), query)

    assert asker.failures == {}


@pytest.mark.django_db
@pytest.mark.parametrize("path", HEALTH)
def test_probes_answer_whatever_is_asked(path):
    response = Browser().get(path, {"q": HOSTILE, "format": HOSTILE})

    assert response.status_code == 200
