"""A product that isn't public doesn't exist for shoppers, whatever address names it."""

from __future__ import annotations

import pytest
from oscar.core.loading import get_model

from catalogue.factories import CategoryFactory, ChildFactory, ProductFactory
from catalogue.models import Product
from checkout.basket.models import Line
from checkout.conftest import Browser
from foundation.accounts.models import User
from tests.addresses import all_addresses, path_of

pytestmark = pytest.mark.django_db

SECRET = "Zebrafinch"  # in the title and the slug
BACK_OFFICE = ("cms/", "dashboard/")
NO_SUCH_PK = 999_999
PRODUCT_PARAMETERS = {"product_pk", "pk"}
QUERY = ("removed", "variant", "child_id", "product_pk", "product", "q", "code")
"""Names of parameters and fields that hold a product's key or words of it."""

WishList = get_model("wishlists", "WishList")
ProductReview = get_model("reviews", "ProductReview")


def hidden_product() -> Product:
    return ProductFactory(title=SECRET, is_public=False, categories=[CategoryFactory()])


def hidden_variant() -> Product:
    """Not public, of a product that is."""
    return ChildFactory(title=SECRET, is_public=False)


def variant_of_a_hidden_product() -> Product:
    """Public by itself."""
    product = ChildFactory(title=SECRET)
    Product.objects.filter(pk=product.parent_id).update(
        title=SECRET, slug=SECRET.lower(), is_public=False
    )
    return Product.objects.get(pk=product.pk)


def visitor(role: str) -> Browser:
    browser = Browser()
    if role == "customer":
        browser.force_login(User.objects.create_user("ada@example.org"))
    browser.add(ProductFactory())
    return browser


def shopper_addresses():
    return [
        address
        for address in all_addresses()
        if not address.route.startswith(BACK_OFFICE)
        and address.name not in {"customer:logout", "set_language"}
    ]


def names_it(response, path: str) -> bool:
    """Whether page or headers hold the title or the slug, but for what the visitor sent."""
    if response.streaming:
        return False
    text = f"{response.headers}{response.content.decode(errors='replace')}".lower()
    return SECRET.lower() in text.replace(path.lower(), "")


@pytest.mark.parametrize("role", ["anonymous", "customer"])
@pytest.mark.parametrize(
    "make", [hidden_product, hidden_variant, variant_of_a_hidden_product]
)
def test_no_address_names_a_product_that_is_not_public(make, role):
    product = make()
    review = ProductReview.objects.create(
        product=product, title="Fine", body="Fine", score=5, status=1
    )
    browser = visitor(role)
    telling = []

    for address in shopper_addresses():
        world = {
            "catalogue:reviews*.pk": review.pk,
            "*.product_pk": product.pk,
            "*.pk": product.pk,
            "*.product_slug": "x",
            "*.category_slug": "x",
            "*.slug": "x",
            "*": 1,
        }
        path = path_of(address, world)
        query = dict.fromkeys(QUERY, str(product.pk)) | {"quantity": "2"}
        for method in ("get", "post"):
            response = getattr(browser, method)(path, query)
            if names_it(response, path) or names_it(browser.get("/visitor/"), ""):
                telling.append(f"{method} {address.name} {response.status_code}")

    assert telling == []
    assert not Line.objects.filter(product=product).exists()
    assert not WishList.objects.filter(lines__product=product).exists()


PATHS = [
    ("post", "/basket/add/{}/"),
    ("get", "/catalogue/x_{}/"),
    ("get", "/catalogue/x_{}/reviews/"),
    ("get", "/catalogue/x_{}/reviews/add/"),
    ("get", "/accounts/alerts/create/{}/"),
    ("post", "/accounts/alerts/create/{}/"),
    ("get", "/accounts/wishlists/add/{}/"),
    ("post", "/accounts/wishlists/add/{}/"),
    ("post", "/accounts/wishlists/create/with-product/{}/"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    "make", [hidden_product, hidden_variant, variant_of_a_hidden_product]
)
def test_product_that_is_not_public_is_answered_like_one_that_never_was(
    make, method, path
):
    product, browser = make(), visitor("customer")
    data = {"name": "Presents", "visibility": "Private", "email": "ada@example.org"}

    there = getattr(browser, method)(path.format(product.pk), data)
    nowhere = getattr(browser, method)(path.format(NO_SUCH_PK), data)

    assert there.status_code == nowhere.status_code == 404
    assert not WishList.objects.exists()


def test_vote_needs_an_approved_review_of_the_product():
    product = ProductFactory()
    review = ProductReview.objects.create(
        product=product, title="Fine", body="Fine", score=5, status=0
    )
    other = ProductReview.objects.create(
        product=ProductFactory(), title="Fine", body="Fine", score=5, status=1
    )
    browser = visitor("customer")

    for each in (review, other):
        path = f"/catalogue/x_{product.pk}/reviews/{each.pk}/vote/"
        assert browser.post(path, {"delta": "1"}).status_code == 404

    assert set(ProductReview.objects.values_list("total_votes", flat=True)) == {0}


@pytest.mark.parametrize(
    "make", [hidden_product, hidden_variant, variant_of_a_hidden_product]
)
def test_search_sitemap_and_lists_leave_it_out(make):
    product = make()
    browser = Browser()

    paths = ["/", "/catalogue/", "/offers/", f"/search/?q={SECRET[:6]}"]
    paths += [each.get_absolute_url() for each in product.categories.all()]
    for path in ["/sitemap.xml", *paths]:
        assert not names_it(browser.get(path), ""), path


# --- What the shopper has put there ---------------------------------------------------


def test_line_of_a_withdrawn_product_keeps_its_title_for_its_owner():
    """They saw it when they put it in; it can't be ordered."""
    product = ProductFactory(title=SECRET)
    browser = visitor("customer")
    browser.add(product)
    browser.post(f"/accounts/wishlists/add/{product.pk}/")
    Product.objects.filter(pk=product.pk).update(is_public=False)

    basket = browser.get("/basket/")
    wishlist = browser.get(f"/accounts/wishlists/{WishList.objects.get().key}/")

    line = next(each for each in basket.context["lines"] if each.title == SECRET)
    assert line.problem
    assert SECRET in wishlist.content.decode()
    assert "Not available any more" in wishlist.content.decode()


def test_removed_line_of_a_withdrawn_product_can_not_be_put_back():
    product = ProductFactory(title=SECRET)
    browser = visitor("anonymous")
    browser.add(product)
    line = Line.objects.get(product=product)
    Product.objects.filter(pk=product.pk).update(is_public=False)

    answer = browser.post(f"/basket/lines/{line.pk}/", {"action": "remove"})

    assert browser.get(answer.url).context["removed"] is None
    assert not Line.objects.filter(product=product).exists()
