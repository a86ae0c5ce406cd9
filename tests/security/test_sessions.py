"""Sessions: whose they are, and when they end."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client

from backoffice import roles
from checkout.conftest import Browser
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "ada@example.org", "a fine day for tea"
NAME = settings.SESSION_COOKIE_NAME


@pytest.fixture
def ada() -> User:
    ada = User.objects.create_user(EMAIL, PASSWORD)
    ada.groups.add(Group.objects.get(name=roles.MARKETER))
    return ada


LOG_INS = {
    "/accounts/login/": {"username": EMAIL, "password": PASSWORD},
    "/cms/login/": {"username": EMAIL, "password": PASSWORD},
}


def log_in(path: str) -> Client:
    client = Browser()
    client.post(path, LOG_INS[path])
    assert SESSION_KEY in client.session
    return client


@pytest.mark.parametrize("path", LOG_INS)
def test_session_from_before_the_log_in_is_not_the_one_after(ada, path):
    """Session fixation: who planted the cookie would be logged in as well."""
    planted = Browser()
    session = planted.session
    session["checkout_data"] = {}
    session.save()
    planted.cookies[NAME] = session.session_key
    thief = Browser()
    thief.cookies[NAME] = session.session_key

    planted.post(path, LOG_INS[path])

    assert planted.cookies[NAME].value != session.session_key
    assert SESSION_KEY not in thief.session


@pytest.mark.parametrize("path", LOG_INS)
def test_made_up_session_key_is_not_taken_over(ada, path):
    client = Browser()
    client.cookies[NAME] = "a" * 32

    client.post(path, LOG_INS[path])

    assert client.cookies[NAME].value != "a" * 32


@pytest.mark.parametrize("path", LOG_INS)
def test_log_out_ends_the_session_for_every_copy_of_its_cookie(ada, path):
    client = log_in(path)
    copy = Browser()
    copy.cookies[NAME] = client.cookies[NAME].value
    assert copy.get("/accounts/").status_code == 200

    client.post("/accounts/logout/")

    assert copy.get("/accounts/").status_code == 302
    assert not Session.objects.filter(pk=copy.cookies[NAME].value).exists()


@pytest.mark.parametrize("path", LOG_INS)
def test_new_password_ends_all_other_sessions(ada, path):
    other, own = log_in(path), log_in("/accounts/login/")

    own.post(
        "/accounts/change-password/",
        {
            "old_password": PASSWORD,
            "new_password1": "another day for tea",
            "new_password2": "another day for tea",
        },
    )

    assert own.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302


def test_account_that_is_switched_off_is_out_at_once(ada):
    client = log_in("/cms/login/")
    assert client.get("/cms/").status_code == 200

    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert client.get("/cms/").status_code == 302
    assert client.get("/accounts/").status_code == 302


def test_role_that_is_taken_away_is_gone_at_once(ada):
    client = log_in("/cms/login/")

    ada.groups.clear()

    assert client.get("/cms/pages/").status_code in {302, 403}


@pytest.mark.parametrize("is_https", [False, True])
def test_cookie_is_out_of_reach_of_scripts_and_other_sites(ada, settings, is_https):
    settings.SESSION_COOKIE_SECURE = is_https  # as production has it

    cookie = log_in("/accounts/login/").cookies[NAME]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) is is_https
    assert not cookie["domain"]
