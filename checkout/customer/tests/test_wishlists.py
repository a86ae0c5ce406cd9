"""Wish lists that are shared: who sees them, and what of them."""

import re

import pytest

from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from foundation.accounts.models import User
from foundation.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.org", first_name="Ada")


@pytest.fixture
def account(ada):
    return browser_of(ada)


@pytest.fixture
def wishlist(ada):
    wishlist = ada.wishlists.create(name="Birthday")
    wishlist.add(ProductFactory(title="Lamp"))
    return wishlist


def browser_of(user):
    browser = Browser()
    browser.force_login(user)
    return browser


def person(email, **fields):
    return User.objects.create_user(
        email, **{"email_verified_at": clock.now()} | fields
    )


def share(account, wishlist, visibility, emails=""):
    data = {"name": wishlist.name, "visibility": visibility, "emails": emails}
    return account.post(f"/accounts/wishlists/{wishlist.key}/update/", data)


def link(account, wishlist):
    page = account.get(wishlist.get_absolute_url()).content.decode()
    return re.search(r'value="http://testserver(/wishlists/[^"]+)"', page)[1]


def test_list_is_private_until_its_owner_shares_it(account, wishlist):
    page = account.get(wishlist.get_absolute_url()).content.decode()

    assert "/wishlists/" + wishlist.key not in page.replace("/accounts/wishlists/", "")
    assert (
        browser_of(person("bob@example.org"))
        .get(f"/wishlists/{wishlist.key}/")
        .status_code
        == 404
    )


def test_everybody_with_the_link_sees_a_public_list(account, wishlist):
    assert share(account, wishlist, "Public").url == wishlist.get_absolute_url()

    page = Browser().get(link(account, wishlist))

    html = page.content.decode()
    assert page.status_code == 200
    assert "Birthday" in html
    assert "Lamp" in html
    assert "ada@example.org" not in html.lower()
    assert "no-store" in page["Cache-Control"]
    assert 'content="noindex' in html


def test_invited_people_see_a_shared_list_once_they_have_logged_in(account, wishlist):
    bob, eve = person("bob@example.org"), person("eve@example.org")
    share(account, wishlist, "Shared", " Bob@Example.org\n\ncarl@example.org\n")
    url = link(account, wishlist)

    assert Browser().get(url).url == f"/accounts/login/?next={url}"
    page = browser_of(bob).get(url)
    assert "Lamp" in page.content.decode()
    assert "example.org" not in page.content.decode().replace("bob@example.org", "")
    assert browser_of(eve).get(url).status_code == 404


def test_address_that_is_not_verified_opens_no_shared_list(account, wishlist):
    bob = person("bob@example.org", email_verified_at=None)
    share(account, wishlist, "Shared", "bob@example.org")

    assert browser_of(bob).get(link(account, wishlist)).status_code == 404


def test_nobody_learns_which_lists_exist(account, wishlist):
    stranger = browser_of(person("eve@example.org"))
    for visibility in ("Private", "Shared"):
        share(account, wishlist, visibility, "bob@example.org")
        url, unknown = f"/wishlists/{wishlist.key}/", "/wishlists/abc123/"

        answers = [
            (browser.get(url), browser.get(unknown))
            for browser in (Browser(), stranger)
        ]

        for real, none in answers:
            assert real.status_code == none.status_code
            assert real.headers.get("Location", "").replace(url, unknown) == (
                none.headers.get("Location", "")
            )
            assert real.content.decode().replace(url, unknown) == none.content.decode()


def test_list_that_is_made_private_again_is_not_found(account, wishlist):
    bob = browser_of(person("bob@example.org"))
    share(account, wishlist, "Shared", "bob@example.org")
    url = link(account, wishlist)
    assert bob.get(url).status_code == 200

    share(account, wishlist, "Private", "bob@example.org")

    assert bob.get(url).status_code == 404


def test_addresses_are_kept_and_taken_back(account, wishlist):
    share(account, wishlist, "Shared", "bob@example.org\nBOB@example.org")
    form = account.get(f"/accounts/wishlists/{wishlist.key}/update/").context["form"]

    assert form.initial["emails"] == "bob@example.org"
    assert wishlist.shared_emails.get().email == "bob@example.org"

    share(account, wishlist, "Shared", "carl@example.org")

    assert wishlist.shared_emails.get().email == "carl@example.org"


@pytest.mark.parametrize(
    ("emails", "error"),
    [
        ("", "Enter at least one e-mail address."),
        ("bob@example.org\nnobody", "“nobody” is not an e-mail address."),
        (
            "\n".join(f"bob{n}@example.org" for n in range(21)),
            "Enter at most 20 e-mail addresses.",
        ),
    ],
)
def test_wrong_addresses_are_refused_and_kept_as_typed(
    account, wishlist, emails, error
):
    answer = share(account, wishlist, "Shared", emails)

    form = answer.context["form"]
    assert form.errors == {"emails": [error]}
    assert form["emails"].value() == emails
    wishlist.refresh_from_db()
    assert wishlist.visibility == "Private"
    assert not wishlist.shared_emails.exists()


def test_new_list_can_be_shared_at_once(account, ada):
    answer = account.post(
        "/accounts/wishlists/create/", {"name": "Tools", "visibility": "Public"}
    )

    wishlist = ada.wishlists.get()
    assert answer.url == wishlist.get_absolute_url()
    assert Browser().get(link(account, wishlist)).status_code == 200


def test_hidden_product_is_left_out_of_a_shared_list(account, wishlist):
    share(account, wishlist, "Public")
    wishlist.lines.get().product.__class__.objects.update(is_public=False)

    page = Browser().get(link(account, wishlist))

    assert "Lamp" not in page.content.decode()


def test_shared_list_costs_the_same_for_more_products(account, wishlist):
    share(account, wishlist, "Public")
    url = link(account, wishlist)
    visitor = Browser()
    visitor.get(url)
    for _ in range(30):
        wishlist.add(ProductFactory())

    visitor.get(url)
    visitor.get(f"{url}?page=2")

    (_, first), (_, more), (_, rest) = visitor.statements
    assert len(first) == len(more) == len(rest)
