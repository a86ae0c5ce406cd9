"""Error pages of the back office: staff stay in its shell, strangers see the shop's pages."""

from contextlib import ExitStack

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from oscar.apps.dashboard.orders.views import OrderListView
from wagtail.admin.views.account import LoginView
from wagtail.users.models import UserProfile

from backoffice import roles
from foundation.accounts.models import User

SHELL = 'id="wagtail-sidebar"'
MISSING = ["/dashboard/no-such-page/", "/cms/no-such-page/", "/dashboard/no.page"]


@pytest.fixture
def staff(db) -> User:
    user = User.objects.create_user("staff@example.com")
    user.groups.add(Group.objects.get(name=roles.SUPPORT))
    return user


def client_of(user: User | None, **options) -> Client:
    client = Client(raise_request_exception=False, **options)
    if user:
        client.force_login(user)
    return client


def prefers_german(user: User) -> None:
    UserProfile.objects.create(user=user, preferred_language="de")


def assert_in_shell(response, status: int) -> str:
    content = response.content.decode()
    assert response.status_code == status
    assert SHELL in content
    assert f'href="{reverse("wagtailadmin_home")}"' in content
    assert "no-store" in response["Cache-Control"]
    return content


@pytest.mark.parametrize("path", [*MISSING, "/dashboard/orders/NONE/"])
def test_staff_stay_in_the_shell_where_a_page_is_missing(staff, path):
    content = assert_in_shell(client_of(staff).get(path), 404)

    assert "Page not found" in content


@pytest.mark.parametrize("path", MISSING[::2])
@pytest.mark.parametrize("is_customer", [True, False])
def test_strangers_see_the_missing_page_of_the_shop(db, path, is_customer):
    user = User.objects.create_user("ada@example.com") if is_customer else None
    response = client_of(user).get(path)

    assert response.status_code == 404
    assert response.templates[0].name == "404.html"
    assert b"wagtail" not in response.content


def test_missing_page_of_the_back_office_is_in_the_language_of_the_person(staff):
    prefers_german(staff)

    for path in MISSING:
        response = client_of(staff).get(path)
        assert b'<html lang="de"' in response.content
        assert response["Content-Language"] == "de"


def test_expired_form_of_the_back_office_stays_in_the_shell(staff):
    client = client_of(staff, enforce_csrf_checks=True)

    content = assert_in_shell(client.post("/dashboard/orders/"), 403)

    assert "send it again" in content


def test_unreadable_request_to_the_back_office_stays_in_the_shell(staff):
    response = client_of(staff).get("/dashboard/orders/?date_from=\0")

    assert_in_shell(response, 400)


def test_staff_stay_in_the_shell_where_they_are_refused(staff, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionDenied

    monkeypatch.setattr(LoginView, "dispatch", refuse)  # a view without Wagtail's gate

    assert_in_shell(client_of(staff).get("/cms/login/"), 403)


def test_script_that_is_refused_gets_no_shell(staff):
    response = client_of(staff).get(
        "/dashboard/offers/", headers={"X-Requested-With": "XMLHttpRequest"}
    )

    assert response.status_code == 403
    assert SHELL not in response.content.decode()


# --- Errors of the server ---------------------------------------------------------------


def fail(*args, **kwargs):
    raise RuntimeError("broken")


@pytest.fixture
def broken_orders(monkeypatch):
    """The list of orders fails, and with it the database."""
    with ExitStack() as database:

        def refuse(*args):
            raise AssertionError("The error page asks the database.")

        def fail_with_the_database(*args, **kwargs):
            database.enter_context(connection.execute_wrapper(refuse))
            fail()

        monkeypatch.setattr(OrderListView, "dispatch", fail_with_the_database)
        yield


def test_staff_get_a_menu_where_a_page_fails(staff, broken_orders):
    response = client_of(staff).get("/dashboard/orders/")
    content = response.content.decode()

    assert response.status_code == 500
    assert f'href="{reverse("wagtailadmin_home")}"' in content
    assert 'href="/dashboard/orders/">Try again' in content
    assert f'href="{reverse("dashboard:user-alert-list")}"' in content
    assert reverse("dashboard:offer-list") not in content  # not for this role
    assert "no-store" in response["Cache-Control"]


def test_error_page_of_wagtail_has_the_menu_too(staff):
    response = client_of(staff).get(reverse("wagtailadmin_error_test"))

    assert response.status_code == 500
    assert reverse("dashboard:order-list") in response.content.decode()


def test_failed_form_is_not_sent_again_by_a_link(staff, broken_orders):
    response = client_of(staff).post("/dashboard/orders/")

    assert response.status_code == 500
    assert b"Back to the start page" in response.content
    assert b"Try again" not in response.content


def test_strangers_see_the_error_page_of_the_shop(db, monkeypatch):
    monkeypatch.setattr(LoginView, "dispatch", fail)

    response = client_of(None).get("/cms/login/")

    assert response.status_code == 500
    assert b'href="/dashboard/' not in response.content
    assert b"Back to the shop" in response.content
