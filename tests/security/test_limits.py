"""Passwords, codes and mails are limited; the owner of an account is not locked out."""

import re
from functools import partial

import pytest
import redis
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse
from prometheus_client import REGISTRY

from catalogue.factories import ProductFactory, ProductReviewFactory
from checkout.conftest import Browser
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry
from foundation.delivery import limits
from foundation.delivery.limits import limit_check, limit_hit

pytestmark = pytest.mark.django_db
PASSWORD = "a fine day for tea"
LOGINS = {
    "shop": "/accounts/login/",
    "back office": "/cms/login/",
    "private page": "/_util/login/",
}


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.org", PASSWORD)


def attempt(browser, password, email="ada@example.org", at="/accounts/login/", **extra):
    return browser.post(at, {"username": email, "password": password}, **extra)


def refused(limit: str) -> float:
    name = "storefront_requests_refused_total"
    return REGISTRY.get_sample_value(name, {"limit": limit}) or 0.0


# --- Log-in -----------------------------------------------------------------------


@pytest.mark.parametrize("page", LOGINS)
def test_passwords_of_an_account_cannot_be_tried_without_end(ada, page):
    browser, before = Client(), refused("login")

    statuses = [
        attempt(browser, f"guess {n}", at=LOGINS[page]).status_code for n in range(45)
    ]

    assert statuses == [200] * 10 + [429] * 35
    assert refused("login") - before == 35
    assert attempt(browser, PASSWORD, at=LOGINS[page]).status_code == 429
    assert "_auth_user_id" not in browser.session


def test_three_pages_share_one_limit(ada):
    for page in list(LOGINS.values()) * 3 + ["/accounts/login/"]:
        assert attempt(Client(), "wrong", at=page).status_code == 200

    for page in LOGINS.values():
        assert attempt(Client(), "wrong", at=page).status_code == 429


def test_one_client_cannot_try_one_password_on_many_accounts(ada):
    statuses = [
        attempt(Client(), "password1", f"person{n}@example.org").status_code
        for n in range(25)
    ]

    assert statuses == [200] * 20 + [429] * 5


def test_forged_header_does_not_make_another_client(ada):
    statuses = [
        attempt(
            Client(), "wrong", headers={"X-Forwarded-For": f"203.0.113.{n}"}
        ).status_code
        for n in range(12)
    ]

    assert statuses == [200] * 10 + [429] * 2


def test_notation_of_an_address_does_not_make_another_account(ada):
    for email in ["ada@example.org", " ADA@EXAMPLE.ORG ", "ada@example.org"] * 4:
        last = attempt(Client(), "wrong", email)

    assert last.status_code == 429


def test_many_clients_cannot_guess_at_one_account_without_end(ada):
    statuses = [
        attempt(Client(), "wrong", REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(35)
    ]

    assert statuses == [200] * 30 + [429] * 5


def test_addresses_of_one_ipv6_network_are_one_client(ada):
    statuses = [
        attempt(Client(), "wrong", REMOTE_ADDR=f"2001:db8::{n}").status_code
        for n in range(1, 12)
    ]

    assert statuses == [200] * 10 + [429]


def test_success_is_not_counted(ada):
    for _ in range(40):
        assert attempt(Client(), PASSWORD).status_code == 302

    assert attempt(Client(), "wrong").status_code == 200


def test_owner_gets_in_from_a_known_device_while_others_guess(ada):
    owner = Client()
    attempt(owner, PASSWORD)
    del owner.cookies["sessionid"]
    for n in range(35):  # elsewhere, and behind the owner's own address
        attempt(Client(), "wrong", REMOTE_ADDR=f"203.0.113.{n}")
        attempt(Client(), "wrong")
    assert attempt(Client(), PASSWORD).status_code == 429

    answer = attempt(owner, PASSWORD)

    assert answer.status_code == 302


def test_owner_gets_in_by_the_link_of_the_reset_while_others_guess(ada):
    for n in range(35):
        attempt(Client(), "wrong", REMOTE_ADDR=f"203.0.113.{n}")
    owner = Client(REMOTE_ADDR="198.51.100.7")
    assert attempt(owner, PASSWORD).status_code == 429

    confirm = owner.get(reset_link(ada)).url
    passwords = {"new_password1": "quite another", "new_password2": "quite another"}
    assert owner.post(confirm, passwords).status_code == 302

    assert attempt(owner, "quite another").status_code == 302


def reset_link(user):
    from django.contrib.auth.tokens import default_token_generator
    from django.utils.encoding import force_bytes
    from django.utils.http import urlsafe_base64_encode

    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("password-reset-confirm", kwargs={"uidb64": uid, "token": token})


def test_link_that_is_not_valid_makes_no_known_device(ada):
    uid = reset_link(ada).split("/")[-3]

    answer = Client().post(f"/password-reset/confirm/{uid}/set-password/", {})

    assert answer.status_code == 200
    assert not answer.cookies.get("known_device")


def test_known_device_has_a_limit_of_its_own(ada):
    device = Client()
    attempt(device, PASSWORD)
    del device.cookies["sessionid"]
    for _ in range(11):
        attempt(Client(), "wrong")

    statuses = [attempt(device, "wrong").status_code for _ in range(12)]

    assert statuses == [200] * 10 + [429] * 2


def test_known_device_is_known_for_its_own_account_only(ada):
    User.objects.create_user("eve@example.org", PASSWORD)
    eve = Client()
    attempt(eve, PASSWORD, "eve@example.org")

    for n in range(30):
        attempt(Client(), "wrong", REMOTE_ADDR=f"203.0.113.{n}")

    assert attempt(eve, "wrong").status_code == 429


def test_cookie_of_a_device_cannot_be_forged_and_names_nobody(ada):
    device = Client()
    cookie = attempt(device, PASSWORD).cookies["known_device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "ada" not in str(signing.TimestampSigner().sep + cookie.value)

    for n in range(30):
        attempt(Client(), "wrong", REMOTE_ADDR=f"203.0.113.{n}")
    device.cookies["known_device"] = cookie.value[:-1] + (
        "A" if cookie.value[-1] != "A" else "B"
    )

    assert attempt(device, PASSWORD).status_code == 429


def test_cookie_of_a_device_is_set_by_a_log_in_only(ada):
    assert "known_device" not in attempt(Client(), "wrong").cookies
    assert "known_device" not in Client().get("/accounts/login/").cookies


# --- The answer -------------------------------------------------------------------


def test_refusal_says_when_to_come_back_and_what_else_helps(ada):
    for _ in range(11):
        answer = attempt(Client(), "wrong")

    page = answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 600
    assert "no-store" in answer["Cache-Control"]
    assert "10 minutes" in page
    assert 'href="/password-reset/"' in page
    assert "wrong" not in page  # the password


def test_staff_are_sent_to_the_reset_of_the_back_office(ada):
    for _ in range(11):
        answer = attempt(Client(), "wrong", at="/cms/login/")

    assert 'href="/cms/password_reset/"' in answer.content.decode()


def test_script_gets_json(ada):
    for _ in range(11):
        answer = attempt(Client(), "wrong", headers={"accept": "application/json"})

    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/json"


def test_reading_is_not_limited(ada):
    for _ in range(12):
        attempt(Client(), "wrong")

    assert Client().get("/accounts/login/").status_code == 200


# --- Vouchers, orders, mails ------------------------------------------------------


def test_codes_of_vouchers_cannot_be_tried_without_end():
    browser = Browser()
    browser.add(ProductFactory())

    statuses = [
        browser.post("/basket/vouchers/add/", {"code": f"SUMMER{n}"}).status_code
        for n in range(12)
    ]
    other_basket = Browser()
    other_basket.add(ProductFactory())

    assert statuses == [200] * 10 + [429] * 2
    again = other_basket.post("/basket/vouchers/add/", {"code": "SUMMER25"})
    assert again.status_code == 429
    elsewhere = Browser(REMOTE_ADDR="203.0.113.7")
    assert elsewhere.post("/basket/vouchers/add/", {"code": "X"}).status_code == 200


def test_page_of_another_site_uses_up_no_codes_of_a_visitor():
    elsewhere = Client(
        enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"}
    )
    for _ in range(15):
        assert elsewhere.post("/basket/vouchers/add/", {"code": "X"}).status_code == 403

    assert Browser().post("/basket/vouchers/add/", {"code": "X"}).status_code == 200


@pytest.mark.parametrize("address", ["/password-reset/", "/cms/password_reset/"])
def test_nobody_is_flooded_with_mails_about_their_password(ada, address):
    statuses = [
        Client()
        .post(address, {"email": "ada@example.org"}, REMOTE_ADDR=f"203.0.113.{n}")
        .status_code
        for n in range(7)
    ]

    assert statuses == [302] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("name", "kwargs", "data", "allowed"),
    [
        ("customer:register", {}, {"email": "p{n}@example.org"}, 20),
        ("password-reset", {}, {"email": "p{n}@example.org"}, 20),
        ("wagtailadmin_password_reset", {}, {"email": "p{n}@example.org"}, 20),
        ("customer:alert-create", {"pk": "product"}, {"email": "p{n}@example.org"}, 20),
        ("checkout:preview", {}, {"basket": "x"}, 60),
        ("wagtail_serve", {"wagtail_serve": "no/such/form/"}, {"a": "b"}, 20),
    ],
)
def test_client_may_not_ask_without_end(name, kwargs, data, allowed):
    product = ProductFactory()
    address = (
        "/no/such/form/"
        if name == "wagtail_serve"
        else reverse(
            name,
            kwargs={
                key: product.pk if value == "product" else value
                for key, value in kwargs.items()
            },
        )
    )

    def post(n, **client):
        filled = {key: text.format(n=n) for key, text in data.items()}
        return Browser(**client).post(address, filled).status_code

    statuses = {post(n) for n in range(allowed)}
    before = OutboxEntry.objects.count(), len(mail.outbox)
    refusals = [post(allowed), post(allowed + 1)]

    assert 429 not in statuses
    assert refusals == [429, 429]
    assert (OutboxEntry.objects.count(), len(mail.outbox)) == before
    assert post(allowed, REMOTE_ADDR="203.0.113.7") != 429


def test_reviews_and_votes_are_limited(ada):
    review = ProductReviewFactory()
    browser = Browser()
    browser.force_login(ada)
    at = {"product_slug": review.product.slug, "product_pk": review.product.pk}
    write = reverse("catalogue:reviews-add", kwargs=at)
    vote = reverse("catalogue:reviews-vote", kwargs=at | {"pk": review.pk})

    written = [browser.post(write, {}).status_code for _ in range(21)]
    voted = [browser.post(vote, {}).status_code for _ in range(61)]

    assert (written.index(429), voted.index(429)) == (20, 60)


def test_text_that_was_typed_can_be_sent_again():
    review = ProductReviewFactory()
    browser = Browser()
    at = {"product_slug": review.product.slug, "product_pk": review.product.pk}
    write = reverse("catalogue:reviews-add", kwargs=at)
    for _ in range(21):
        answer = browser.post(write, {"body": "Two hours of <work>"})

    page = answer.content.decode()
    assert f'action="{write}"' in page
    assert 'name="body" value="Two hours of &lt;work&gt;"' in page


def test_own_password_cannot_be_guessed_in_a_session_that_was_stolen(ada):
    thief = Browser()
    thief.force_login(ada)

    statuses = [
        thief.post("/accounts/profile/delete/", {"password": f"guess {n}"}).status_code
        for n in range(12)
    ]

    assert statuses == [200] * 10 + [429] * 2
    assert User.objects.get() == ada


# --- The limiter ------------------------------------------------------------------


@pytest.fixture
def rates(settings):
    settings.LIMITS = {"voucher": {"client": "2/minute"}}


def test_limit_counts_each_key_alone(rates):
    hit = partial(limit_hit, "voucher")
    hit({"client": "a"})
    hit({"client": "a"})

    assert hit({"client": "b"}) == 0
    assert 0 < hit({"client": "a"}) <= 60


def test_looking_does_not_count(rates):
    for _ in range(5):
        assert limit_check("voucher", {"client": "a"}) == 0


def test_redis_knows_neither_client_nor_account(ada):
    attempt(Client(), "wrong", REMOTE_ADDR="203.0.113.77")

    client = cache._cache.get_client(write=True)
    keys = [key.decode() for key in client.scan_iter("*limit*")]
    assert [key for key in keys if cache.key_prefix in key]
    assert not [key for key in keys if "203.0.113" in key or "ada@" in key]


@pytest.fixture
def no_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits.limiter.cache_clear()
    yield
    limits.limiter.cache_clear()


def test_limit_holds_while_redis_is_away(ada, no_redis):
    statuses = [attempt(Client(), "wrong").status_code for _ in range(12)]

    assert statuses == [200] * 10 + [429] * 2


def test_outage_of_redis_costs_no_waiting(rates, monkeypatch):
    asked = []
    subject = limits.Limiter("redis://127.0.0.1:1/0")

    def fail(*arguments, **options):
        asked.append(arguments)
        raise redis.ConnectionError

    monkeypatch.setattr(subject.shared.storage, "acquire_entry", fail)
    for n in range(20):
        subject.hit("2/minute", str(n))

    assert len(asked) == 1  # then the breaker waits


def test_every_page_that_is_limited_exists(settings):
    names = set()

    def collect(patterns, namespace=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                inside = (
                    f"{namespace}{pattern.namespace}:"
                    if pattern.namespace
                    else namespace
                )
                collect(pattern.url_patterns, inside)
            else:
                names.add(f"{namespace}{pattern.name}")

    collect(get_resolver().url_patterns)

    assert set(settings.LIMITED_VIEWS) - names == set()
    assert settings.PASSWORD_RESET_VIEWS - names == set()
    assert set(settings.LIMITED_VIEWS.values()) == set(settings.LIMITS)


def test_reference_gives_every_limit_with_its_rates(settings):
    page = (settings.ROOT / "docs/reference/limits.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|(.+)$", page, re.MULTILINE))

    assert set(rows) == set(settings.LIMITS)
    for name, rates in settings.LIMITS.items():
        given = sorted(re.findall(r"\d+/[\w ]*?(?:minutes|hour)\b", rows[name]))
        assert given == sorted(rates.values()), name
        assert ("| failures |" in rows[name]) == (name in settings.LIMITS_OF_FAILURES)
