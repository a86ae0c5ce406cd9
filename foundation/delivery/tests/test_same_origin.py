import pytest
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import path

from foundation.delivery.same_origin import same_origin_post

done: list[str] = []


@same_origin_post
def act(request):
    if request.method == "POST":
        done.append(request.POST.get("quantity", ""))
    return HttpResponse("done")


urlpatterns = [path("act/", act), path("", act, name="home")]


@pytest.fixture(autouse=True)
def _own_urls(settings):
    settings.ROOT_URLCONF = __name__
    done.clear()


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def test_own_page_may_post_without_token(browser):
    response = browser.post(
        "/act/", {"quantity": "2"}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert response.status_code == 200
    assert done == ["2"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_other_site_gets_a_page_to_confirm(browser, site):
    response = browser.post(
        "/act/",
        {"quantity": "2"},
        headers={"Sec-Fetch-Site": site, "Origin": "http://testserver"},
    )

    assert response.status_code == 403
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert 'name="quantity" value="2"' in response.content.decode()
    assert done == []


def test_older_browser_is_known_by_its_origin(browser):
    ours = browser.post("/act/", headers={"Origin": "http://testserver"})
    foreign = browser.post("/act/", headers={"Origin": "http://evil.example"})
    hidden = browser.post("/act/", headers={"Origin": "null"})
    other_scheme = browser.post("/act/", headers={"Origin": "https://testserver"})

    assert [
        response.status_code for response in (ours, foreign, hidden, other_scheme)
    ] == [200, 403, 403, 403]


def test_request_that_says_nothing_needs_the_token_of_the_confirm_page(browser):
    refused = browser.post("/act/", {"quantity": "3"})
    token = browser.cookies["csrftoken"].value
    confirmed = browser.post("/act/", {"quantity": "3", "csrfmiddlewaretoken": token})

    assert refused.status_code == 403
    assert confirmed.status_code == 200
    assert done == ["3"]


def test_reading_needs_nothing(browser):
    assert browser.get("/act/").status_code == 200


def test_token_of_somebody_else_is_refused(browser):
    foreign = get_token(RequestFactory().get("/"))

    response = browser.post("/act/", {"csrfmiddlewaretoken": foreign})

    assert response.status_code == 403
