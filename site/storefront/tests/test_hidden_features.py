"""What ``OSCAR_HIDDEN_FEATURES`` names has no link and no address."""

import pytest
from django.apps import apps

from catalogue.factories import ProductFactory, ProductReviewFactory
from checkout.conftest import Browser
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    product = ProductFactory(title="Lamp")
    ProductReviewFactory(product=product, title="Bright")
    product.update_rating()
    return product


def names_of(label: str) -> set[str]:
    return {url.name for url in apps.get_app_config(label).get_urls()}


def test_features_are_shown_unless_they_are_hidden(product):
    page = Browser().get(product.get_absolute_url()).content.decode()

    for trace in ("Bright", "aggregateRating", "/reviews/add/", "/wishlists/add/"):
        assert trace in page
    assert "Best rated first" in Browser().get("/catalogue/").content.decode()
    assert "wishlists-list" in names_of("customer")


def test_hidden_reviews_leave_no_trace(product, settings):
    settings.OSCAR_HIDDEN_FEATURES = ["reviews"]

    page = Browser().get(product.get_absolute_url()).content.decode()
    listing = Browser().get("/catalogue/").content.decode()

    for trace in ("Bright", "aggregateRating", "/reviews/", "rating__star"):
        assert trace not in page
    assert "/wishlists/add/" in page
    assert "Lamp" in listing
    assert "rating__star" not in listing
    assert "Best rated first" not in listing
    assert names_of("reviews") == set()


def test_hidden_wish_lists_leave_no_trace(product, settings):
    settings.OSCAR_HIDDEN_FEATURES = ["wishlists"]
    ada = Browser()
    ada.force_login(User.objects.create_user("ada@example.org"))

    page = ada.get(product.get_absolute_url()).content.decode()
    account = ada.get("/accounts/profile/").content.decode()

    assert "wishlists" not in page
    assert "Bright" in page
    assert "wishlists" not in account
    assert names_of("wishlists") == set()
    assert not any("wishlist" in name for name in names_of("customer"))
