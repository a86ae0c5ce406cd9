"""A canary in every field: nothing of it in a log line of any process, or in an error report."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator

import pytest

from tests.error_receiver import ErrorReceiver
from tests.reliability.people import (
    DELIVERY,
    Answer,
    Browser,
    Writer,
    changed,
    fields_of,
)
from tests.reliability.processes import Shop
from tests.reliability.servers import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

MAIL, OTHER_MAIL = "piepmatz@canary-post.example", "piepsi@canary-post.example"
PASSWORD, NEW_PASSWORD = "kanarien-vogel-1", "kanarien-vogel-2"
PERSON = {
    "email": MAIL,
    "country": "DE",
    "first_name": "Kanarina",
    "last_name": "Federstein",
    "line1": "Kanarienweg 7",
    "line4": "Vogelhausen",
    "postcode": "98765",
    "phone_number": "+49 30 5557731",
}
CARD, SEARCH = "4242 4242 4242 4242", "kanariensuche"
CANARIES = {
    *(MAIL, OTHER_MAIL, "piepmatz", "piepsi", "canary-post", PASSWORD, NEW_PASSWORD),
    *("Kanarina", "Federstein", "Kanarienweg", "Vogelhausen", "98765"),
    *("5557731", "555 7731", CARD, CARD.replace(" ", ""), SEARCH, "kanarienbesuch"),
}


@pytest.fixture
def receiver() -> Iterator[ErrorReceiver]:
    with ErrorReceiver() as started:
        yield started


def form_post(browser: Browser, path: str, selector: str, **values: str) -> Answer:
    """Fill in the form of a page as a browser does."""
    form = browser.get(path).html.select_one(f"form:has({selector})")
    assert form, path
    action = str(form.get("action") or path)
    return browser.post(action, changed(fields_of(form), **values))


def link_in_mail(shop: Shop, to: str, part: str) -> str:
    """The path of the newest link with ``part`` that was mailed to ``to``."""

    def found() -> list[str]:
        return [
            link
            for mail in shop.mail.mails
            if to in mail.recipients
            for link in re.findall(r"https?://[^/\s]+(/\S+)", mail.body)
            if part in link
        ]

    wait_for(lambda: bool(found()), f"a link {part} for {to}")
    return found()[-1]


def order(shop: Shop, browser: Browser) -> Answer:
    product = shop.sql(
        "SELECT p.id FROM catalogue_product p JOIN partner_stockrecord s ON s.product_id = p.id "
        "WHERE p.structure = 'standalone' AND p.is_public ORDER BY p.id LIMIT 1"
    )[0][0]
    browser.post(f"/basket/add/{product}/", {"quantity": "1"})
    form_post(browser, "/checkout/shipping-address/", "[name=line1]", **PERSON)
    form_post(browser, "/checkout/shipping-method/", "[name=payment_code]", **DELIVERY)
    return form_post(browser, "/checkout/preview/", "[name=basket]")


def contact(shop: Shop, browser: Browser) -> Answer:
    path = shop.sql(
        "SELECT p.url_path FROM cms_pages_formpage f "
        "JOIN wagtailcore_page p ON p.id = f.page_ptr_id WHERE p.live LIMIT 1"
    )[0][0]
    writer = Writer(browser, "/" + path.split("/", 2)[2])
    writer.draw()
    time.sleep(3.5)  # what is quicker is no person
    fields = [
        (name, value or (MAIL if "mail" in name else f"{CARD} {MAIL}"))
        if not name.startswith("guard")
        else (name, value)
        for name, value in writer.form or []
    ]
    return browser.post(writer.path, fields)


def raw_request(shop: Shop, text: bytes) -> None:
    with socket.create_connection(("localhost", shop.web_port), timeout=10) as sock:
        sock.sendall(text)
        sock.recv(1000)


def live_with_an_account(shop: Shop) -> set[str]:
    """Register, log in wrongly and rightly, change; the secrets of the links."""
    browser = Browser(shop.web_port, [])
    form_post(browser, "/accounts/register/", "[name=email]", email=MAIL)
    choose = link_in_mail(shop, MAIL, "/password-reset/")
    path = browser.get(choose).location or choose
    twice = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert form_post(browser, path, "[name=new_password1]", **twice).status == 302
    browser = Browser(shop.web_port, [])
    for password in (NEW_PASSWORD, PASSWORD):
        login = {"username": MAIL, "password": password}
        answer = form_post(browser, "/accounts/login/", "[name=password]", **login)
    assert answer.status == 302
    profile = "/accounts/profile/edit/"
    form_post(browser, profile, "[name=first_name]", first_name="Kanarina")
    email = "/accounts/profile/email/"
    values = {"email": OTHER_MAIL, "password": PASSWORD}
    assert form_post(browser, email, "[name=email]", **values).status == 302
    change = link_in_mail(shop, OTHER_MAIL, email)
    answer = form_post(browser, change, "[name=password]", password=PASSWORD)
    assert answer.status == 302
    return {
        browser.cookies["sessionid"],
        browser.cookies["csrftoken"],
        last_part(choose),
        last_part(change),
    }


def look_for_what_is_not_there(shop: Shop, browser: Browser) -> None:
    browser.get(f"/search/?q={SEARCH}")
    browser.get(f"/{SEARCH}/{MAIL}/?token={PASSWORD}")
    raw_request(shop, b"GET /kanarienbesuch?q=kanariensuche HTTP/9.9\r\n\r\n")
    raw_request(shop, b"GET /kanarienbesuch HTTP/1.1\r\nHost: canary-post\r\n\r\n")


def suffer(shop: Shop, browser: Browser) -> None:
    """A mail server that refuses, a database that refuses, a table that is gone."""
    shop.mail.mode = "refuse"
    form_post(browser, "/password-reset/", "[name=email]", email=OTHER_MAIL)
    wait_for(lambda: "retried" in "".join(shop.log_lines("worker")), "a retry")
    shop.mail.mode = "accept"
    shop.sql(
        "ALTER TABLE order_shippingaddress ADD CONSTRAINT no_canary "
        "CHECK (line4 <> 'Vogelhausen') NOT VALID"
    )
    assert order(shop, Browser(shop.web_port, [])).status == 500
    shop.sql("ALTER TABLE wagtailforms_formsubmission RENAME TO gone")
    assert contact(shop, browser).status == 500


def last_part(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_no_person_and_no_secret_gets_into_logs_and_reports(prepared, receiver):
    secrets = set(CANARIES)
    # Of a worker that runs as root Celery says so before there is a log.
    extra = {"SENTRY_DSN": receiver.dsn, "PYTHONWARNINGS": "ignore"}
    with Shop(prepared, extra=extra) as shop:
        browser = Browser(shop.web_port, [])
        assert order(shop, browser).location == "/checkout/thank-you/"
        link = link_in_mail(shop, MAIL, "order-status")
        assert browser.get(link).status == 200
        secrets |= {last_part(link), browser.cookies["sessionid"]}
        secrets |= live_with_an_account(shop)
        look_for_what_is_not_there(shop, browser)
        assert contact(shop, browser).status == 302
        suffer(shop, browser)
        wait_for(lambda: len(receiver.events()) >= 2, "error reports")
        shop.worker.stop()
        lines = [
            line for role in ("web", "worker", "beat") for line in shop.log_lines(role)
        ]

    assert [line for line in lines if not line.startswith("{")] == []
    told = [json.loads(line) for line in lines]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, told))
    assert {500, 200, 302, 404} <= {line.get("status") for line in told}
    assert {"gunicorn.error", "celery.beat"} <= {line["logger"] for line in told}
    assert any("no_canary" in line.get("exception", "") for line in told)
    assert leaks(secrets, lines) == set()
    assert any("no_canary" in body for body in receiver.bodies)
    assert leaks(secrets, receiver.bodies) == set()


def leaks(secrets: set[str], texts: list[str]) -> set[tuple[str, str]]:
    return {
        (secret, text[max(0, text.lower().index(secret.lower()) - 100) :][:250])
        for secret in secrets
        for text in texts
        if secret.lower() in text.lower()
    }
