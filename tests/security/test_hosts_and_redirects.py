"""Where the shop says it is, and where it sends people."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "ada@example.org", "a fine day for tea"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    " https://evil.example/",
    "/\t/evil.example/",
    "\x08//evil.example/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//testserver:80@evil.example/",
]
HOSTS = ["evil.example", "testserver.evil.example", "testserver@evil.example", "a,b"]


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser(EMAIL, PASSWORD)


def is_own(location: str) -> bool:
    parts = urlsplit(location)
    return location.startswith("/") and not parts.scheme and not parts.netloc


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nobody_is_sent_to_another_site(ada, url):
    product = ProductFactory()
    log_in = {"username": EMAIL, "password": PASSWORD}
    anonymous, known = Browser(), Browser(HTTP_REFERER=url)
    known.force_login(ada)

    answers = [
        anonymous.post("/accounts/login/", log_in | {"redirect_url": url}),
        Browser().post(f"/accounts/login/?next={url}", log_in | {"next": url}),
        Browser().post(f"/cms/login/?next={url}", log_in | {"next": url}),
        known.get("/cms/login/", {"next": url}),
        known.get("/dashboard/login/", {"next": url}),
        known.post("/i18n/setlang/", {"language": "de", "next": url}),
        known.post("/accounts/logout/", {"next": url}),
        Browser(HTTP_REFERER=url).post(
            f"/basket/add/{product.pk}/", {"quantity": 1, "next": url}
        ),
        Browser().get(f"/accounts/wishlists/add/{product.pk}/", {"next": url}),
        Browser().get("/checkout/", {"next": url}),
    ]

    for answer in answers:
        assert answer.status_code == 302, answer.request["PATH_INFO"]
        assert is_own(answer.url), (answer.request["PATH_INFO"], answer.url)


@pytest.mark.parametrize("host", HOSTS)
def test_host_that_is_not_the_shops_is_refused(host):
    for path in (
        "/",
        "/search/",
        "/accounts/login/",
        "/cms/login/",
        "/password-reset/",
    ):
        answer = Client(headers={"Host": host}).get(path)

        assert answer.status_code == 400
        assert host not in answer.content.decode()


def test_host_that_a_proxy_is_said_to_have_seen_is_ignored():
    client = Client(
        headers={"X-Forwarded-Host": "evil.example", "X-Host": "evil.example"}
    )

    for path in ("/", "/search/", "/accounts/login/", "/catalogue/", "/sitemap.xml"):
        assert "evil.example" not in client.get(path).content.decode(), path


def test_links_in_mails_lead_to_the_shop_whatever_a_request_says(ada):
    """A poisoned reset link would hand the token to somebody else."""
    headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example"}
    client = Browser(
        headers=headers
        | {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    )

    client.post("/password-reset/", {"email": EMAIL})
    client.post("/cms/password_reset/", {"email": EMAIL})
    for entry in OutboxEntry.objects.filter(task__startswith="checkout"):
        assert outbox_run(entry.pk)

    assert mail.outbox
    for message in mail.outbox:
        assert "evil.example" not in str(message.message())
        assert "http://localhost:8000/" in message.body  # BASE_URL
