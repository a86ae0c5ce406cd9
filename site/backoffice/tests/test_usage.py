"""A picture that a product or a category shows counts as used, and is not lost by accident."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from backoffice import roles
from catalogue.factories import (
    CategoryFactory,
    LibraryImageFactory,
    ProductFactory,
    ProductImageFactory,
)
from catalogue.models import ProductImage
from foundation.accounts.models import User
from foundation.media.models import LibraryImage

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture() -> LibraryImage:
    return LibraryImageFactory(title="Kettle")


def person(role: str) -> Client:
    user = User.objects.create_user(f"{role}@example.com")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, picture: LibraryImage) -> str:
    return client.get(
        reverse(f"wagtailimages:{name}", args=[picture.pk])
    ).content.decode()


def test_page_of_a_picture_leads_to_the_products_and_categories_that_show_it(picture):
    product = ProductFactory(title="Teapot")
    ProductImageFactory(product=product, original=picture)
    category = CategoryFactory(name="Kitchen", image=picture)
    merchandiser = person(roles.MERCHANDISER)

    usage = page(merchandiser, "image_usage", picture)

    assert "Used 2 times" in page(merchandiser, "edit", picture)
    assert "Teapot" in usage
    assert reverse("dashboard:catalogue-product", args=[product.pk]) in usage
    assert reverse("dashboard:catalogue-category-update", args=[category.pk]) in usage


def test_marketer_learns_that_it_is_used_but_not_by_what_he_may_not_change(picture):
    ProductImageFactory(product=ProductFactory(title="Teapot"), original=picture)
    marketer = person(roles.MARKETER)

    assert "Used 1 time" in page(marketer, "edit", picture)
    assert "Teapot" not in page(marketer, "image_usage", picture)


@pytest.mark.parametrize("how", ["alone", "in bulk"])
def test_picture_of_a_product_is_not_deleted(picture, how):
    ProductImageFactory(original=picture)
    merchandiser = person(roles.MERCHANDISER)
    path = (
        reverse("wagtailimages:delete", args=[picture.pk])
        if how == "alone"
        else reverse("wagtail_bulk_action", args=["media", "libraryimage", "delete"])
        + f"?id={picture.pk}"
    )

    question = merchandiser.get(path).content.decode()
    answer = merchandiser.post(path)

    assert "1 time" in question
    assert answer.status_code in {302, 403}
    assert ProductImage.objects.get().original == picture


def test_deleting_the_picture_of_a_category_says_that_the_category_loses_it(picture):
    category = CategoryFactory(name="Kitchen", image=picture)
    merchandiser = person(roles.MERCHANDISER)
    path = reverse("wagtailimages:delete", args=[picture.pk])

    assert "1 time" in merchandiser.get(path).content.decode()
    usage = reverse("wagtailimages:image_usage", args=[picture.pk])
    assert (
        "Kitchen" in merchandiser.get(usage, {"describe_on_delete": 1}).content.decode()
    )
    merchandiser.post(path)

    category.refresh_from_db()
    assert category.image is None


def test_picture_that_is_used_no_more_can_be_deleted(picture):
    shown = ProductImageFactory(original=picture)
    shown.delete()
    merchandiser = person(roles.MERCHANDISER)

    assert "Used 0 times" in page(merchandiser, "edit", picture)
    merchandiser.post(reverse("wagtailimages:delete", args=[picture.pk]))

    assert not LibraryImage.objects.exists()
