"""Every page of the demo shop that an anonymous visitor can reach by its links."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter, deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import F
from django.test import Client

from checkout.conftest import Browser
from checkout.order import statuses

HOST = "http://testserver"
MOST_PAGES = 10_000
"""More of them mean that links never end, say a sort order of a sort order."""

PERSONAL = re.compile(
    r"^(/de)?/(accounts|basket|checkout|password-reset|wishlists)/|/reviews/add/"
)
"""May set a cookie: they have forms with a token, or are about this visitor."""

BACK_OFFICE = re.compile(r"^/(cms|dashboard)/")
CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+(?=["']))["']?([^"')\s]+)""")
JS_ADDRESS = re.compile(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""")
VNU_JAR = Path(
    os.environ.get("VNU_JAR")
    or settings.ROOT / ".local/vnu/node_modules/vnu-jar/build/dist/vnu.jar"
)


def starts() -> list[str]:
    """What a sitemap would list, and pages that need something typed."""
    Category = apps.get_model("catalogue", "Category")
    Page = apps.get_model("wagtailcore", "Page")
    Product = apps.get_model("catalogue", "Product")
    return [
        *(page.url for page in Page.objects.live().filter(depth__gt=1).specific()),
        *(each.get_absolute_url() for each in Category.objects.browsable()),
        *(
            product.get_absolute_url()
            for product in Product.objects.filter(is_public=True, parent=None)
        ),
        "/catalogue/",
        "/offers/",
        "/search/",
        "/search/?q=lamp",
        "/search/?q=zzzz",
    ]


def crawl(of_each_path: int) -> Iterator[tuple[str, object]]:
    """(address, response) of each page once, of those that differ in the query only so many."""
    client, queue = Client(), deque(starts())
    known, paths = set(queue), Counter()
    while queue:
        address = queue.popleft()
        path = urlsplit(address).path
        paths[path] += 1
        if paths[path] > (1 if PERSONAL.search(path) else of_each_path):
            continue
        response = client.get(address)
        client.cookies.clear()
        yield address, response
        found = [link for link in links(address, response) if link not in known]
        known.update(found)
        queue.extend(dict.fromkeys(found))
        assert len(known) < MOST_PAGES, "too many pages: do links never end?"


def links(address: str, response) -> Iterator[str]:
    """Addresses of pages on this host that the response leads to."""
    found = [response.headers["Location"]] if "Location" in response.headers else []
    if is_html(response):
        found += [each["href"] for each in soup_of(response).select("a[href]")]
    for link in found:
        target = urldefrag(urljoin(HOST + address, link)).url
        path = target.removeprefix(HOST)
        if path.startswith("/") and not BACK_OFFICE.match(path):
            yield path


def is_html(response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def soup_of(response) -> BeautifulSoup:
    if not hasattr(response, "soup"):
        response.soup = BeautifulSoup(response.content, "html.parser")
    return response.soup


def problems(address: str, response) -> Iterator[str]:
    """What is wrong with the answer, in words."""
    if response.status_code not in {200, 301, 302}:
        yield f"status {response.status_code}"
    if not PERSONAL.search(address):
        if response.cookies:
            yield f"sets {', '.join(response.cookies)}"
        if "cookie" in response.headers.get("Vary", "").lower():
            yield "varies on the cookie"
    if not is_html(response) or response.status_code != 200:
        return
    policy = response.headers.get("Content-Security-Policy", "")
    if "script-src 'self'" not in policy or "unsafe" in policy:
        yield f"policy: {policy or 'none'}"
    yield from breaches_of_policy(soup_of(response))
    yield from missing_targets(soup_of(response))
    for asset in assets(address, soup_of(response)):
        if reason := missing_asset(asset):
            yield f"{asset}: {reason}"


def breaches_of_policy(soup: BeautifulSoup) -> Iterator[str]:
    """What the strict policy would stop; blocks of data (JSON-LD) aside."""
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            if name == "style" or name.startswith("on"):
                yield f"<{element.name} {name}>"
            if name in {"href", "src"} and value.lower().startswith("javascript:"):
                yield f"<{element.name} {name}={value}>"
    if soup.find("style"):
        yield "<style>"
    for script in soup.find_all("script", src=False):
        if script.get("type") != "application/ld+json":
            yield "inline <script>"


def missing_targets(soup: BeautifulSoup) -> Iterator[str]:
    """Links and references within the page that point at nothing, and ids used twice."""
    ids = Counter(element["id"] for element in soup.find_all(id=True))
    yield from (f"id {name} stands {n} times" for name, n in ids.items() if n > 1)
    names = [link["href"][1:] for link in soup.select('a[href^="#"]')]
    for attribute in ("for", "aria-labelledby", "aria-describedby", "popovertarget"):
        for element in soup.find_all(attrs={attribute: True}):
            value = element[attribute]
            names += value.split() if isinstance(value, str) else value
    yield from (f"no id {name}" for name in dict.fromkeys(names) if name not in ids)


def assets(address: str, soup: BeautifulSoup) -> set[str]:
    """Addresses of pictures, style sheets, scripts, fonts, icons, without the host."""
    found = [each["src"] for each in soup.select("img[src], script[src], source[src]")]
    for each in soup.select("[srcset]"):
        found += [part.split()[0] for part in each["srcset"].split(",")]
    found += [
        each["href"] for each in soup.select("link[href]:not([rel=canonical]), use")
    ]
    return {urljoin(HOST + address, each).removeprefix(HOST) for each in found}


@cache
def missing_asset(address: str) -> str:
    """Why it can't be had, with what a style sheet or script asks for in turn; "" if it can."""
    path, fragment = urldefrag(address)
    if path.startswith(settings.MEDIA_URL):
        name = path.removeprefix(settings.MEDIA_URL)
        return "" if default_storage.exists(name) else "not in the storage"
    file = finders.find(path.removeprefix(settings.STATIC_URL))
    if not path.startswith(settings.STATIC_URL) or not file:
        return "not a file of the shop"
    if fragment and f'id="{fragment}"' not in Path(file).read_text():
        return "no such icon"
    pattern = {".css": CSS_ADDRESS, ".js": JS_ADDRESS}.get(Path(file).suffix)
    inner = pattern.findall(Path(file).read_text()) if pattern else []
    parts = [urljoin(path, each) for each in inner if not each.startswith("data:")]
    return "; ".join(f"{each} {why}" for each in parts if (why := missing_asset(each)))


def assert_whole(of_each_path: int) -> None:
    missing_asset.cache_clear()
    seen, wrong = Counter(), {}
    for address, response in crawl(of_each_path):
        match = getattr(response, "resolver_match", None)
        seen[match.view_name if match else ""] += 1
        for problem in problems(address, response):
            wrong.setdefault(problem, address)  # one page of many is enough to find it

    assert wrong == {}
    assert seen["wagtail_serve"] >= 8
    assert seen["catalogue:detail"] > 20
    assert {"catalogue:category", "catalogue:index", "search:search"} <= set(seen)


def test_anonymous_visitor_meets_no_broken_page(demo_db):
    assert_whole(of_each_path=4)


# --- Valid HTML -------------------------------------------------------------------


@pytest.fixture
def invalid(tmp_path):
    """``invalid(pages)``: what the Nu HTML checker objects to in pages by name."""
    if not VNU_JAR.exists():
        pytest.skip("No HTML checker found: `make html-checker` installs it.")
    if shutil.which("java") is None:
        pytest.skip("No Java found: install it (Debian: default-jre-headless).")

    def messages(pages: dict[str, bytes]) -> list[str]:
        names = {}
        folder = tmp_path / "pages"
        folder.mkdir()
        for number, (name, content) in enumerate(pages.items()):
            file = folder / f"{number}.html"
            file.write_bytes(content)
            names[file.name] = name
        command = ["java", "-Xmx512m", "-jar", str(VNU_JAR), "--errors-only", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stderr.splitlines()
        assert bool(said) == bool(done.returncode), done
        return [
            re.sub(r'^"file:.*/(\d+\.html)"', lambda m: names[m.group(1)], line)
            for line in said
        ]

    return messages


def pages_of_reading() -> dict[str, bytes]:
    """All pages that a sitemap lists, and of a product with variants what belongs to it."""
    client = Client()
    Product = apps.get_model("catalogue", "Product")
    product = Product.objects.filter(structure="parent", is_public=True).first()
    address = product.get_absolute_url()
    addresses = [
        *starts(),
        f"{address}?variant={product.children.last().pk}",
        f"{address}reviews/",
        "/accounts/login/",
        "/basket/",
        "/no-such-page/",
        "/password-reset/",
    ]
    return {address: client.get(address).content for address in addresses}


def pages_of_buying() -> dict[str, bytes]:
    """Pages that need a basket, an order or a mistake, as a visitor gets them."""
    visitor = Browser()
    product = apps.get_model("catalogue", "Product").objects.get(title="Wren clock")
    steps = {
        "basket": lambda: visitor.add(product) and visitor.get("/basket/"),
        "voucher": lambda: visitor.post(
            "/basket/vouchers/add/", {"code": "SUMMER25"}, follow=True
        ),
        "details": lambda: visitor.get("/checkout/shipping-address/"),
        "wrong details": lambda: visitor.give_details(email="ada", postcode=""),
        "delivery": lambda: (
            visitor.give_details() and visitor.get("/checkout/shipping-method/")
        ),
        "wrong delivery": lambda: visitor.choose_delivery(shipping_code="owl"),
        "preview": lambda: visitor.choose_delivery() and visitor.preview(),
        "thank you": lambda: visitor.place() and visitor.get("/checkout/thank-you/"),
        "register": lambda: visitor.post("/accounts/register/", {"email": "ada"}),
    }
    return {name: step().content for name, step in steps.items()}


def test_pages_are_valid_html(demo_db, invalid):
    pages = pages_of_reading() | pages_of_buying()

    assert all(pages.values())
    assert invalid(pages) == []


def assert_promised() -> None:
    Product = apps.get_model("catalogue", "Product")
    assert Product.objects.browsable_dashboard().count() == 240
    assert 800 <= apps.get_model("partner", "StockRecord").objects.count() <= 1000
    assert apps.get_model("catalogue", "Category").objects.count() == 36
    Page = apps.get_model("wagtailcore", "Page")
    assert Page.objects.live().filter(depth__gt=1).count() == 28
    assert apps.get_model("order", "Order").objects.count() == 300
    assert apps.get_model("media", "LibraryImage").objects.count() >= 300
    to_ship = apps.get_model("order", "Line").objects.filter(
        order__status=statuses.CONFIRMED
    )
    assert to_ship.exists()
    assert not to_ship.exclude(num_allocated=F("quantity")).exists()


@pytest.mark.slow
def test_default_demo_is_as_large_as_promised_and_its_pages_whole_and_valid_html(
    real_db, settings, tmp_path, request
):
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("seed", size="default", verbosity=0)

    assert_promised()
    assert_whole(of_each_path=200)
    pages = pages_of_reading()
    assert all(pages.values())
    invalid = request.getfixturevalue("invalid")  # skips where there is no checker
    assert invalid(pages) == []
