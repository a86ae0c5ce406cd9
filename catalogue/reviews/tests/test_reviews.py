import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from catalogue.factories import ProductFactory, ProductReviewFactory
from catalogue.reviews.models import ProductReview

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory(title="Lamp")


@pytest.fixture
def customer():
    return get_user_model().objects.create_user("ada@example.org", "secret")


def address(name, product, **kwargs):
    return reverse(
        f"catalogue:{name}",
        kwargs={"product_slug": product.slug, "product_pk": product.pk} | kwargs,
    )


def test_approved_reviews_are_listed(client, product):
    ProductReviewFactory(product=product, title="Bright", score=3)
    ProductReviewFactory(product=product, title="Brighter", score=5)
    ProductReviewFactory(product=product, title="Waiting", status=0)
    url = address("reviews-list", product)

    newest = client.get(url, {"sort_by": "recency"}).context["reviews"]
    best = client.get(url, {"sort_by": "score"}).context["reviews"]

    assert [each.title for each in newest] == ["Brighter", "Bright"]
    assert [each.title for each in best] == ["Brighter", "Bright"]
    assert "Bright" in client.get(url).content.decode()


def test_review_pages_set_no_cookie(client, product):
    review = ProductReviewFactory(product=product)

    for url in (
        address("reviews-list", product),
        address("reviews-detail", product, pk=review.pk),
    ):
        response = client.get(url)
        assert response.status_code == 200
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()


def test_review_that_waits_has_no_page(client, product):
    review = ProductReviewFactory(product=product, status=0)

    assert (
        client.get(address("reviews-detail", product, pk=review.pk)).status_code == 404
    )


def test_stranger_is_asked_to_log_in_before_writing(client, product):
    response = client.get(address("reviews-add", product))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_customer_writes_one_review_that_waits(client, product, customer):
    client.force_login(customer)
    url = address("reviews-add", product)
    form = client.get(url)

    assert form.status_code == 200
    assert "no-store" in form["Cache-Control"]

    said = {"title": "Good", "score": 4, "body": "Bright."}
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 302

    review = ProductReview.objects.get()
    assert (review.user, review.score, review.status) == (
        customer,
        4,
        ProductReview.FOR_MODERATION,
    )


@pytest.mark.parametrize("score", ["0", "6", ""])
def test_review_needs_one_to_five_stars(client, product, customer, score):
    client.force_login(customer)

    response = client.post(
        address("reviews-add", product),
        {"title": "Good", "score": score, "body": "Bright."},
    )

    assert list(response.context["form"].errors) == ["score"]
    assert not ProductReview.objects.exists()


def test_reviewer_learns_that_the_review_waits_for_approval(client, product, customer):
    client.force_login(customer)
    url = address("reviews-add", product)

    form = client.get(url).content.decode()
    client.post(url, {"title": "Good", "score": "4", "body": "Bright."})

    assert "We read every review before it appears." in form
    [message] = client.get("/visitor/").context["messages"]
    assert str(message) == (
        "Thank you for your review. It appears here as soon as we have approved it."
    )


def test_vote_counts_only_from_the_shops_own_page(client, product, customer):
    review = ProductReviewFactory(product=product)
    client.handler.enforce_csrf_checks = True
    client.force_login(customer)
    url = address("reviews-vote", product, pk=review.pk)

    foreign = client.post(url, {"delta": 1}, headers={"sec-fetch-site": "cross-site"})
    own = client.post(url, {"delta": 1}, headers={"sec-fetch-site": "same-origin"})

    review.refresh_from_db()
    assert (foreign.status_code, own.status_code) == (403, 302)
    assert review.total_votes == 1


def test_rating_is_written_without_saving_the_rest_of_the_product(product):
    stale = ProductFactory._meta.model.objects.get(pk=product.pk)
    type(product).objects.filter(pk=product.pk).update(title="Renamed")

    ProductReviewFactory(product=stale, score=3)

    product.refresh_from_db()
    assert (product.title, product.rating) == ("Renamed", 3.0)
