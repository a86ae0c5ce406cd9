"""A review waits until somebody decides about it."""

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.factories import ProductReviewFactory
from catalogue.reviews.models import ProductReview
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


def send(client: Client, review: ProductReview, status: object):
    data = {"title": review.title, "body": review.body, "score": 5, "status": status}
    return client.post(reverse("dashboard:reviews-update", args=[review.pk]), data)


def test_saving_a_review_that_waits_does_not_approve_it(client):
    review = ProductReviewFactory(status=ProductReview.FOR_MODERATION)

    page = client.get(reverse("dashboard:reviews-update", args=[review.pk]))
    as_drawn = page.context["form"]["status"].value()
    answer = send(client, review, as_drawn)

    review.refresh_from_db()
    assert as_drawn == ""
    assert answer.context["form"].errors["status"]
    assert review.status == ProductReview.FOR_MODERATION


def test_review_is_approved_by_choosing_it(client):
    review = ProductReviewFactory(status=ProductReview.FOR_MODERATION)

    send(client, review, ProductReview.APPROVED)

    review.refresh_from_db()
    assert review.status == ProductReview.APPROVED


def test_review_that_was_decided_keeps_its_status(client):
    review = ProductReviewFactory(status=ProductReview.REJECTED)

    page = client.get(reverse("dashboard:reviews-update", args=[review.pk]))

    assert page.context["form"]["status"].value() == ProductReview.REJECTED
