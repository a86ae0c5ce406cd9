"""Attacks on accounts: other people's orders, log-ins, and who has an account at all."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.checks import Tags, run_checks
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from checkout.customer.models import ProductAlert
from checkout.order.models import Order
from foundation.accounts.addresses import email_normalise
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_drain

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "a fine day for tea", "another fine day"
LOOK_ALIKES = {  # what PostgreSQL or Python make the same letters of
    "alıce@example.org": "alice@example.org",  # UPPER('ı') is I
    "jameſ@example.org": "james@example.org",  # UPPER('ſ') is S
    "\u212aim@example.org": "kim@example.org",  # LOWER of the Kelvin sign is k
    "vic@gmaıl.test": "vic@gmail.test",
}


@pytest.fixture(params=LOOK_ALIKES, ids=lambda text: text.encode("punycode").decode())
def look_alike(request):
    """The address of the attacker and that of the victim."""
    return request.param, LOOK_ALIKES[request.param]


def register(browser, email):
    """Send a password along, whether or not the form asks for one."""
    return browser.post("/accounts/register/", {"email": email, "password1": PASSWORD})


def newest_link() -> str:
    outbox_drain()
    return re.search(r"http://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def open_account(email) -> Browser:
    """Do all that a stranger with a mailbox of this address can do."""
    browser = Browser()
    sent = len(mail.outbox)
    register(browser, email)
    outbox_drain()
    if len(mail.outbox) > sent:
        choose_password(browser, newest_link(), PASSWORD)
        log_in(browser, email)
    return browser


def choose_password(browser, link, password):
    page = browser.get(link, follow=True)
    return browser.post(
        page.request["PATH_INFO"],
        {"new_password1": password, "new_password2": password},
        follow=True,
    )


def log_in(browser, email, password=PASSWORD, path="/accounts/login/"):
    return browser.post(path, {"username": email, "password": password})


def guest_order(email) -> Order:
    browser = Browser()
    browser.add(ProductFactory())
    browser.give_details(email=email)
    browser.choose_delivery()
    assert browser.place().url == "/checkout/thank-you/"
    return Order.objects.latest("pk")


def sees(browser, order) -> bool:
    return browser.get(f"/accounts/orders/{order.number}/").status_code == 200


# --- Look-alike letters -------------------------------------------------------------


def test_look_alike_address_does_not_see_orders_of_another(look_alike):
    attacker, victim = look_alike
    order = guest_order(victim)

    browser = open_account(attacker)

    assert not sees(browser, order)
    order.refresh_from_db()
    assert order.user is None


@pytest.mark.parametrize("door", ["/accounts/login/", "/cms/login/"])
def test_look_alike_address_does_not_lock_out_an_account(look_alike, door):
    attacker, victim = look_alike
    User.objects.create_superuser(victim, OTHER)

    open_account(attacker)

    assert log_in(Client(), victim, OTHER, door).status_code == 302
    assert log_in(Client(), victim.upper(), OTHER, door).status_code == 302


def test_look_alike_address_resets_no_password_of_another(look_alike):
    attacker, victim = look_alike
    User.objects.create_user(victim, OTHER)

    for door in ("/password-reset/", "/cms/password_reset/"):
        Client().post(door, {"email": attacker})

    outbox_drain()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        (" Ada.Lovelace+shop@EXAMPLE.org ", "ada.lovelace+shop@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("vic@gmaıl.test", "vic@xn--gmal-nza.test"),
        ("ada@localhost", "ada@localhost"),
    ],
)
def test_address_has_one_normal_form(typed, normal):
    assert email_normalise(typed) == normal
    assert email_normalise(normal) == normal


UNUSABLE = [
    *("", "ada", "@example.org", "ada@", "ada@example", "a b@example.org"),
    *(
        "alıce@example.org",
        "jameſ@example.org",
        "\u212aim@example.org",
        "adá@example.org",
    ),
    *(
        '"ada"@example.org',
        '"a\\da"@example.org',
        "ada@[127.0.0.1]",
        "ada@example.org.",
    ),
    *("ada@example.org\r\nBcc: eve@example.org", "ada@exa\0mple.org", "ada@-a.org"),
    *(
        "a" * 254 + "@example.org",
        "ada@" + "ü" * 250 + ".org",
        "ada@" + "ü." * 70 + "org",
    ),
]


@pytest.mark.parametrize("typed", UNUSABLE, ids=range(len(UNUSABLE)))
def test_what_is_no_address_has_no_normal_form(typed):
    with pytest.raises(ValidationError):
        email_normalise(typed)


TOO_LONG = f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.org"  # 311; a field takes 254


@pytest.mark.parametrize("email", [TOO_LONG, "alıce@example.org"], ids=["long", "ı"])
def test_form_refuses_an_unusable_address_beside_its_field(email):
    ada, other = User.objects.create_user("ada@example.org", PASSWORD), Client()
    staff = User.objects.create_superuser("staff@example.org", PASSWORD)
    mine, cms, guest = Browser(), Client(), Browser()
    mine.force_login(ada)
    cms.force_login(staff)
    guest.add(ProductFactory())
    gone = ProductFactory(stockrecords__num_in_stock=0)
    person = {"first_name": "E", "last_name": "E", "email": email}
    passwords = {"password1": PASSWORD, "password2": PASSWORD}

    answers = [
        register(other, email),
        other.post("/password-reset/", {"email": email}),
        other.post("/cms/password_reset/", {"email": email}),
        mine.post("/accounts/profile/email/", {"email": email, "password": PASSWORD}),
        guest.give_details(email=email),
        guest.post(f"/accounts/alerts/create/{gone.pk}/", {"email": email}),
        cms.post("/cms/users/new/", person | passwords),
        cms.post(f"/cms/users/edit/{ada.pk}/", person | {"is_active": "on"}),
    ]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert all("email" in answer.context["form"].errors for answer in answers)
    assert log_in(other, email).status_code == 200
    assert log_in(other, email, path="/cms/login/").status_code == 200
    assert User.objects.count() == 2
    assert not ProductAlert.objects.exists()
    assert not OutboxEntry.objects.exists()
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_database_keeps_only_normal_forms():
    user = User.objects.create_user("ada@example.org")
    for email in ("Ada@example.org", "alıce@example.org", "ada @example.org", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=email)
        if email:
            with pytest.raises(IntegrityError), transaction.atomic():
                ProductAlert.objects.create(product=ProductFactory(), email=email)
    order = guest_order("ada@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(guest_email="Ada@example.org")


def test_check_finds_addresses_that_are_stored_in_another_form():
    ada = User.objects.create_user("ada@example.org")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT user_email_normal")
    double, mixed, lost = User.objects.bulk_create(
        User(email=email)
        for email in ("ADA@example.org", "Eve@example.org", "alıce@example.org")
    )

    errors = run_checks(tags=[Tags.database], databases=["default"])

    assert [error.id for error in errors] == [
        "accounts.E002",
        "accounts.E003",
        "accounts.E001",
    ]
    assert [error.msg for error in errors] == [
        f"Account {double.pk} has the e-mail address of account {ada.pk}.",
        f"Account {mixed.pk} has an e-mail address that is not in normal form.",
        f"Account {lost.pk} has an e-mail address that nobody can log in with.",
    ]
    assert "lower case" in errors[1].hint


def test_superuser_is_created_with_a_normal_form(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="Ada@Example.org", interactive=False)
    with pytest.raises(CommandError):
        call_command("createsuperuser", email="alıce@example.org", interactive=False)
    with pytest.raises(CommandError):
        call_command("createsuperuser", email="ADA@example.org", interactive=False)

    assert User.objects.get().email == "ada@example.org"


# --- Accounts that somebody else has made -------------------------------------------


def test_stranger_who_registers_an_address_gets_no_session_by_it():
    order = guest_order("vic@example.org")
    stranger = Browser()
    register(stranger, "vic@example.org")
    link = newest_link()

    victim = Browser()
    choose_password(victim, link, OTHER)
    log_in(victim, "vic@example.org", OTHER)
    log_in(stranger, "vic@example.org")

    assert not sees(stranger, order)
    assert sees(victim, order)
    stranger.post("/accounts/profile/delete/", {"password": PASSWORD})
    assert User.objects.filter(email="vic@example.org").exists()


def test_sessions_from_before_the_proof_see_no_orders():
    vic = User.objects.create_user("vic@example.org", PASSWORD)
    order = guest_order("vic@example.org")
    stranger, victim = Browser(), Browser()
    log_in(stranger, vic.email)
    stranger.post("/accounts/verify/")
    link = newest_link()

    page = choose_password(victim, link, OTHER)

    assert not sees(stranger, order)
    log_in(victim, vic.email, OTHER)
    assert sees(victim, order)
    assert stranger.get("/accounts/").status_code == 302
    assert log_in(stranger, vic.email).status_code == 200
    assert "1 order that you placed as a guest is now in your account" in (
        page.content.decode()
    )


def test_looking_at_a_link_changes_nothing():
    order = guest_order("vic@example.org")
    register(Browser(), "vic@example.org")
    link = newest_link()

    Browser().get(link, follow=True)

    order.refresh_from_db()
    assert (order.user, User.objects.get().email_verified_at) == (None, None)


def test_link_works_once_and_not_for_an_inactive_account():
    vic = User.objects.create_user("vic@example.org", PASSWORD)
    Client().post("/password-reset/", {"email": vic.email})
    link = newest_link()
    User.objects.update(is_active=False)
    browser = Browser()

    choose_password(browser, link, OTHER)
    vic.refresh_from_db()
    assert vic.check_password(PASSWORD)
    assert browser.get("/accounts/").status_code == 302

    User.objects.update(is_active=True)
    choose_password(browser, link, OTHER)
    choose_password(Browser(), link, "yet another day")
    vic.refresh_from_db()
    assert vic.check_password(OTHER)


def test_change_of_address_joins_no_orders_without_the_mailbox():
    ada = User.objects.create_user("ada@example.org", PASSWORD)
    order = guest_order("vic@example.org")
    browser = Browser()
    log_in(browser, ada.email)

    data = {"email": "vic@example.org", "password": PASSWORD}
    browser.post("/accounts/profile/email/", data)

    ada.refresh_from_db()
    order.refresh_from_db()
    assert (ada.email, order.user) == ("ada@example.org", None)


# --- Who has an account ---------------------------------------------------------------


@pytest.mark.parametrize(
    "door", ["/accounts/register/", "/password-reset/", "/cms/password_reset/"]
)
def test_response_and_work_are_the_same_with_and_without_an_account(door):
    User.objects.create_superuser("ada@example.org", PASSWORD)
    data = {"password1": PASSWORD}
    Browser().post(door, data | {"email": "first@example.org"})  # fills caches

    answers = []
    for email in ("ada@example.org", "eve@example.org"):
        browser = Browser()
        with patch.object(
            MD5PasswordHasher,
            "encode",
            autospec=True,
            side_effect=MD5PasswordHasher.encode,
        ) as hashes:
            answer = browser.post(door, data | {"email": email})
        statements = [
            re.sub(r"'[^']*'|\d+", "?", sql) for sql in browser.statements[0][1]
        ]
        answers.append(
            (
                answer.status_code,
                answer.get("Location"),
                answer.content.decode().replace(email, "…"),
                statements,
                hashes.call_count,
            )
        )

    assert answers[0] == answers[1]
    assert mail.outbox == []  # sent by a worker, not within the request


@pytest.mark.parametrize("password", [PASSWORD, "nonsense"])
def test_change_of_address_does_not_say_which_addresses_have_an_account(password):
    ada = User.objects.create_user("ada@example.org", PASSWORD)
    User.objects.create_user("eve@example.org")
    browser = Browser()
    log_in(browser, ada.email)
    data = {"email": "first@example.org", "password": password}
    browser.post("/accounts/profile/email/", data, follow=True)  # fills caches
    browser.statements.clear()

    pages = []
    for email in ("eve@example.org", "nobody@example.org"):
        answer = browser.post(
            "/accounts/profile/email/", {"email": email, "password": password}
        )
        text = re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()
        )
        pages.append(
            (answer.status_code, answer.get("Location"), text.replace(email, "…"))
        )

    assert pages[0] == pages[1]
    taken, free = (len(statements) for _path, statements in browser.statements)
    assert taken == free


@pytest.mark.parametrize("door", ["/accounts/login/", "/cms/login/"])
@pytest.mark.parametrize("case", ["wrong", "unusable", "inactive", "absent", "no form"])
def test_refused_log_in_takes_one_password_hash_and_reads_the_same(door, case):
    user = User.objects.create_user("ada@example.org", PASSWORD, is_staff=True)
    password = "nonsense"
    if case == "unusable":
        user.set_unusable_password()
        user.save()
    if case == "inactive":
        User.objects.update(is_active=False)
        password = PASSWORD
    email = {"absent": "eve@example.org", "no form": "alıce@example.org"}
    with patch.object(
        MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
    ) as hashes:
        answer = log_in(Client(), email.get(case, user.email), password, door)

    assert (answer.status_code, hashes.call_count) == (200, 1)
    assert len(answer.context["form"].non_field_errors()) == 1
    assert "inactive" not in str(answer.context["form"].errors)
