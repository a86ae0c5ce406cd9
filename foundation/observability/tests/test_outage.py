"""The database away, anywhere in a request. Real outages: ``tests/reliability``."""

import logging

import pytest
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models.query import QuerySet

OUTAGES = [
    OperationalError("connection refused"),
    OperationalError("FATAL:  the database system is starting up"),
    OperationalError("FATAL:  the database system is shutting down"),
    OperationalError("FATAL:  sorry, too many clients already"),
    OperationalError("canceling statement due to statement timeout"),
    InterfaceError("connection already closed"),
]
SESSION = f"sessionid={32 * 'a'}"
PAGES = ["/", "/catalogue/", "/basket/", "/accounts/", "/cms/", "/dashboard/", "/none/"]


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


@pytest.fixture
def fail(monkeypatch):
    """Have every statement fail with the error."""

    def fail(error):
        def raise_(*args):
            raise error

        monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", raise_)
        monkeypatch.setattr(QuerySet, "_fetch_all", raise_)

    return fail


@pytest.mark.parametrize("error", OUTAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_the_shop_is_back_in_a_moment(client, fail, path, error):
    fail(error)

    response = client.get(path, headers={"cookie": SESSION})

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Cache-Control"] == "no-store"
    assert "We are back in a moment" in response.text
    assert not response.cookies


@pytest.mark.parametrize(
    "error", [IntegrityError("unique"), DataError("too long"), KeyError("name")]
)
def test_mistake_of_ours_is_an_error(client, fail, error):
    fail(error)

    response = client.get("/catalogue/")

    assert response.status_code == 500
    assert "Something broke on our side" in response.text


@pytest.mark.parametrize(
    "middleware",
    [
        "checkout.basket.middleware.BasketMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_middleware_may_fail_before_and_after_the_view(
    client, monkeypatch, settings, middleware, when
):
    position = settings.MIDDLEWARE.index(middleware)
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:position],
        f"{__name__}.failing_{when}",
        *settings.MIDDLEWARE[position:],
    ]

    assert client.get("/robots.txt-not-there/").status_code == 503


def failing_before(get_response):
    def middleware(request):
        raise OperationalError

    return middleware


def failing_after(get_response):
    def middleware(request):
        get_response(request)
        raise OperationalError

    return middleware


def test_page_speaks_the_language_of_the_path(client, fail):
    fail(OUTAGES[0])

    response = client.get("/de/catalogue/", headers={"accept-language": "en"})

    assert 'lang="de"' in response.text
    assert response["Content-Language"] == "de"


def test_page_keeps_to_the_security_policy(client, fail):
    fail(OUTAGES[0])

    response = client.get("/catalogue/")

    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "style=" not in response.text
    assert response["X-Content-Type-Options"] == "nosniff"


def test_sent_form_is_not_sent_again_by_the_link(client, fail):
    fail(OUTAGES[0])

    assert 'href="/catalogue/?page=2"' in client.get("/catalogue/?page=2").text
    assert (
        'href="/"'
        in client.post("/accounts/login/", {"a": 1}, headers={"cookie": SESSION}).text
    )


def test_program_gets_json(client, fail):
    fail(OUTAGES[0])

    response = client.get("/catalogue/", headers={"accept": "application/json"})

    assert (response.status_code, response["Content-Type"]) == (503, "application/json")


def test_error_page_asks_no_database(client, django_db_blocker, monkeypatch):
    def raise_(*args, **kwargs):
        raise KeyError

    monkeypatch.setattr("checkout.basket.middleware.BasketMiddleware.__call__", raise_)

    response = client.get("/catalogue/", headers={"cookie": SESSION})

    assert response.status_code == 500
    assert "Something broke on our side" in response.text


def test_outage_is_logged_once_a_second(client, fail, caplog):
    fail(OUTAGES[0])

    with caplog.at_level(logging.ERROR, "django.request"):
        for _ in range(5):
            client.get("/catalogue/")

    assert len(caplog.records) <= 1
