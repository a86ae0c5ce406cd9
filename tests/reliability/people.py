"""People who use the shop over HTTP while it suffers, and who remember what they were told."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup, Tag
from PIL import Image

from tests.reliability.processes import PROXY_HEADERS

REQUEST_SECONDS = 30
PATIENCE_SECONDS = 90
"""How long somebody tries again before giving up."""

RETRY_SECONDS = 0.2
GUEST = {
    "country": "DE",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "line1": "Ringstraße 1",
    "postcode": "10115",
    "line4": "Berlin",
}
DELIVERY = {
    "shipping_code": "standard",
    "payment_code": "invoice",
    "billing_same": "on",
}


@dataclass(frozen=True)
class Answer:
    """``status`` 0: no answer at all. ``area`` is the first segment of the path."""

    at: float
    method: str
    path: str
    status: int
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 400

    @property
    def may_heal(self) -> bool:
        return self.status == 0 or self.status >= 500

    @property
    def location(self) -> str:
        return urlsplit(self.headers.get("location", "")).path

    @property
    def html(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")


class GaveUp(Exception):  # noqa: N818
    """Whatever was tried, the shop did not take it; the last answer says why."""


class Browser:
    """Cookies, forms and a log of every answer (without bodies)."""

    seconds = REQUEST_SECONDS

    def __init__(self, port: int, log: list[Answer]):
        self.port = port
        self.log = log
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(
        self,
        path: str,
        data: Mapping[str, str] | list[tuple[str, str]],
        file: tuple[str, bytes] | None = None,
    ) -> Answer:
        """``file``: field name and content of an upload."""
        if file is None:
            body = urlencode(data).encode()
            kind = "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart(dict(data), *file)
        return self._ask("POST", path, body, {"Content-Type": kind})

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        port = "" if self.port == 80 else f":{self.port}"  # as in the header Host
        origin = f"https://localhost{port}"
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers |= PROXY_HEADERS | {
            "Origin": origin,
            "Referer": f"{origin}/",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": cookies,
        }
        at, began = time.time(), time.monotonic()
        status, got, text = 0, {}, ""
        connection = HTTPConnection("localhost", self.port, timeout=self.seconds)
        with closing(connection):
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                text = response.read().decode(errors="replace")
                status = response.status
                got = {name.lower(): value for name, value in response.getheaders()}
                self._keep_cookies(response)
            except (OSError, HTTPException):
                status = 0
        seconds = time.monotonic() - began
        self.log.append(Answer(at, method, path, status, seconds, got))
        return Answer(at, method, path, status, seconds, got, text)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def patiently(self, method: str, path: str, data=None, file=None) -> Answer:
        """Ask again while there is no answer or 5xx. Raises: GaveUp."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = (
                self.get(path) if method == "GET" else self.post(path, data or {}, file)
            )
            if not answer.may_heal:
                return answer
            if time.monotonic() > deadline:
                raise GaveUp(f"{method} {path}: {answer.status}")
            time.sleep(RETRY_SECONDS)


def _multipart(data: Mapping[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in data.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = (
        "".join([*parts, head]).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    )
    return body, f"multipart/form-data; boundary={boundary}"


def fields_of(form: Tag) -> list[tuple[str, str]]:
    """What a browser would send of the form as it is, without pressing a button."""
    found = []
    for control in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(control["name"]), str(control.get("type", "text"))
        if control.has_attr("disabled") or kind in (
            "submit",
            "button",
            "file",
            "image",
        ):
            continue
        if control.name == "select":
            chosen = control.select("option[selected]")
            if not chosen and not control.has_attr("multiple"):
                chosen = control.select("option")[:1]
            found += [(name, str(option.get("value", ""))) for option in chosen]
        elif control.name == "textarea":
            found.append((name, control.text.removeprefix("\n")))
        elif kind not in ("checkbox", "radio") or control.has_attr("checked"):
            found.append(
                (name, str(control.get("value", "on" if kind == "checkbox" else "")))
            )
    return found


def changed(fields: list[tuple[str, str]], **changes: str) -> list[tuple[str, str]]:
    return [pair for pair in fields if pair[0] not in changes] + list(changes.items())


# --- Shopper ----------------------------------------------------------------------


@dataclass(frozen=True)
class Ordered:
    """What a shopper knows of an order; ``number`` empty: nobody confirmed it."""

    email: str
    number: str


@dataclass(frozen=True)
class Wares:
    """What may be bought and read: product ids with addresses, other addresses, words."""

    products: list[tuple[int, str]]
    pages: list[str]
    words: list[str]


class Shopper:
    """Looks around, fills a basket, orders as a guest; one order each time."""

    def __init__(self, browser: Browser, wares: Wares):
        self.browser, self.wares = browser, wares

    def order(self) -> Ordered:
        """Presses the last button again until there is an answer. Raises: GaveUp."""
        browser = self.browser
        browser.cookies.clear()
        self.look_around()
        email = f"guest-{secrets.token_hex(6)}@example.com"
        for product, address in secrets.SystemRandom().sample(self.wares.products, 2):
            browser.patiently("GET", address)
            browser.patiently("POST", f"/basket/add/{product}/", {"quantity": "1"})
        try:
            answer = self._check_out(email)
        except GaveUp:
            return Ordered(email, "")
        thanks = browser.patiently("GET", answer.location)
        number = thanks.html.select_one(".receipt__number")
        return Ordered(email, number.text if number else "")

    def look_around(self) -> None:
        pick = secrets.choice
        self.browser.patiently("GET", pick(self.wares.pages))
        self.browser.patiently("GET", f"/search/?q={pick(self.wares.words)}")

    def _check_out(self, email: str) -> Answer:
        """The answer to the last button, once it is the way to the thank-you page."""
        browser = self.browser
        steps = (
            ("/checkout/shipping-address/", GUEST | {"email": email}),
            ("/checkout/shipping-method/", DELIVERY),
        )
        for path, data in steps:
            browser.patiently("GET", path)
            browser.patiently("POST", path, data | self._token())
        preview = browser.patiently("GET", "/checkout/preview/")
        form = preview.html.select_one("form:has(input[name=basket])")
        if form is None:
            raise GaveUp(f"preview: {preview.status} {preview.location}")
        answer = browser.patiently("POST", "/checkout/preview/", fields_of(form))
        if answer.location != "/checkout/thank-you/":
            raise GaveUp(f"order: {answer.status} {answer.location}")
        return answer

    def _token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self.browser.cookies.get("csrftoken", "")}


# --- Editor -----------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """``word`` is in the new title and nowhere else; not ``is_sure``: nobody confirmed it."""

    kind: str
    pk: int
    word: str
    is_sure: bool


def new_word() -> str:
    """A word that no text has; letters only, so that no index cuts it."""
    return "zq" + "".join(secrets.choice("bcdfghjklmnprstvwxz") for _ in range(10))


class Editor:
    """Signs in to the back office; uploads images, renames pages and products."""

    def __init__(self, browser: Browser, email: str, password: str):
        self.browser = browser
        page = browser.patiently("GET", "/cms/login/")
        form = page.html.select_one("form")
        assert form, page.status
        data = changed(fields_of(form), username=email, password=password)
        answer = browser.patiently("POST", "/cms/login/", data)
        assert answer.location == "/cms/", (answer.status, answer.body[:500])

    def upload(self) -> Edit:
        """A picture in a colour of its own, large enough for several renditions."""
        word = new_word()
        buffer = BytesIO()
        Image.new("RGB", (900, 600), "#" + secrets.token_hex(3)).save(buffer, "PNG")
        page = self.browser.patiently("GET", "/cms/images/add/")
        form = page.html.select_one("form:has(input[type=file])")
        assert form, page.status
        data = changed(fields_of(form), title=word)
        answer = self.browser.post(
            "/cms/images/add/", data, ("file", buffer.getvalue())
        )
        return Edit("image", 0, word, self._is_taken(answer))

    def rename_page(self, pk: int, image: int | None = None) -> Edit:
        """A new title and, if given, a new picture for sharing; published.

        The body is empty from now on: its blocks are drawn by scripts.
        """
        word = new_word()
        changes = {
            "title": f"Page {word}",
            "body-count": "0",
            "action-publish": "action-publish",
        }
        if image is not None:
            changes["social_image"] = str(image)
        answer = self._edit(f"/cms/pages/{pk}/edit/", "#page-edit-form", changes)
        return Edit("page", pk, word, self._is_taken(answer))

    def rename_product(self, pk: int) -> Edit:
        word = new_word()
        changes = {"title": f"Product {word}", "action": "save"}
        path = f"/dashboard/catalogue/products/{pk}/"
        answer = self._edit(path, "form:has([name=title])", changes)
        return Edit("product", pk, word, self._is_taken(answer))

    def failed_jobs(self) -> str:
        """The text of the list of jobs that were given up."""
        return self.browser.patiently("GET", "/cms/jobs/").html.get_text(" ")

    def retry_job(self, pk: int) -> bool:
        path = f"/cms/bulk/core/outboxentry/retry/?id={pk}&next=/cms/"
        return self._is_taken(self._edit(path, "form[method=post]", {}))

    def _edit(self, path: str, selector: str, changes: dict[str, str]) -> Answer:
        page = self.browser.patiently("GET", path)
        form = page.html.select_one(selector)
        words = page.html.get_text(" ", strip=True)
        assert form, (path, page.status, page.location, words[-500:])
        return self.browser.post(path, changed(fields_of(form), **changes))

    @staticmethod
    def _is_taken(answer: Answer) -> bool:
        """Sent on to the next page. Raises: AssertionError where the form was refused."""
        if answer.may_heal:
            return False
        errors = [
            each.get_text(" ", strip=True)
            for each in answer.html.select(".error-message, .errorlist")
        ]
        assert answer.status == 302, (answer.path, answer.status, errors)
        return True


# --- Form -------------------------------------------------------------------------


class Writer:
    """Sends answers to a form page, each with a word of its own; registers new addresses."""

    def __init__(self, browser: Browser, path: str):
        self.browser, self.path = browser, path
        self.form: list[tuple[str, str]] | None = None

    def draw(self) -> None:
        page = self.browser.patiently("GET", self.path)
        form = page.html.select_one("form:has([name=guard-token])")
        assert form, (page.status, page.path)
        self.form = fields_of(form)

    def write(self) -> tuple[str, bool]:
        """The word and whether the shop said thanks; needs a form that was drawn."""
        assert self.form
        word = new_word()
        data = [
            (name, value or ("ada@example.com" if "mail" in name else word))
            if not name.startswith("guard")
            else (name, value)
            for name, value in self.form
        ]
        answer = self.browser.post(self.path, data)
        assert answer.may_heal or answer.status == 302, answer.status
        return word, answer.is_good

    def register(self) -> tuple[str, bool]:
        """A new address and whether the shop promised its link."""
        email = f"reader-{new_word()}@example.com"
        page = self.browser.patiently("GET", "/accounts/register/")
        form = page.html.select_one("form:has([name=email])")
        assert form, page.status
        data = changed(fields_of(form), email=email)
        answer = self.browser.post("/accounts/register/", data)
        assert answer.may_heal or answer.status == 200, answer.status
        return email, answer.is_good
