"""No file of the media folder runs in a browser, and none but a picture gets there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from oscar.test.factories import RangeFactory
from wagtail.users.models import UserProfile

from backoffice import roles
from catalogue.factories import ProductFactory
from catalogue.models import ProductAttribute
from foundation.accounts.models import User
from foundation.media.storage import PublicBucketStorage

pytestmark = pytest.mark.django_db
SCRIPT = b"alert(document.domain)"


@pytest.fixture
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def merchandiser() -> Client:
    user = User.objects.create_user("merchandiser@example.com")
    user.groups.add(Group.objects.get(name=roles.MERCHANDISER))
    client = Client()
    client.force_login(user)
    return client


def stored(folder: Path) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.is_file()]


@pytest.mark.parametrize("kind", ["file", "image"])
def test_product_type_offers_no_attribute_that_is_a_file(merchandiser, kind):
    product_class = ProductFactory().product_class
    address = f"/dashboard/catalogue/product-type/{product_class.pk}/update/"

    page = merchandiser.get(address)
    response = merchandiser.post(
        address,
        {
            "name": "Goods",
            "attributes-TOTAL_FORMS": 1,
            "attributes-INITIAL_FORMS": 0,
            "attributes-0-name": "Manual",
            "attributes-0-code": "manual",
            "attributes-0-type": kind,
        },
    )

    assert f'<option value="{kind}">' not in page.text
    [errors] = response.context["attributes_formset"].errors
    assert list(errors) == ["type"]
    assert ProductAttribute.objects.count() == 0


@pytest.mark.parametrize("kind", ["file", "image"])
def test_product_with_an_old_attribute_that_is_a_file_takes_none(
    merchandiser, media, kind
):
    product = ProductFactory()
    product.product_class.attributes.create(code="manual", name="Manual", type=kind)
    address = f"/dashboard/catalogue/products/{product.pk}/"

    page = merchandiser.get(address)
    merchandiser.post(
        address,
        {"title": "Lamp", "attr_manual": SimpleUploadedFile("a.js", SCRIPT)},
    )

    assert page.status_code == 200
    assert "attr_manual" not in page.text
    assert merchandiser.get(product.get_absolute_url()).status_code == 200
    assert stored(media) == []


@pytest.mark.parametrize("name", ["a.js", "a.html", "a.svg", "a.xml", "a.pdf", "a"])
def test_file_that_is_no_picture_is_neither_shown_nor_run(client, media, name):
    (media / name).write_bytes(SCRIPT)

    response = client.get(f"/media/{name}")

    assert b"".join(response) == SCRIPT
    assert response["Content-Type"] == "binary/octet-stream"
    assert response["Content-Disposition"] == "attachment"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.avif", "image/avif"),
        ("a.gif", "image/gif"),
        ("a.jpg", "image/jpeg"),
        ("a.PNG", "image/png"),
        ("a.webp", "image/webp"),
    ],
)
def test_picture_is_shown(client, media, name, kind):
    (media / name).write_bytes(b"picture")

    response = client.get(f"/media/{name}")

    assert response["Content-Type"] == kind
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["a.js", "a.html", "a.svg", "a"])
def test_bucket_sends_a_file_that_is_no_picture_as_a_download(name):
    bucket = PublicBucketStorage(bucket_name="media", public_url="https://cdn/")

    parameters = bucket._get_write_parameters(name, ContentFile(SCRIPT))

    assert parameters["ContentType"] == "binary/octet-stream"
    assert parameters["ContentDisposition"] == "attachment"


def test_bucket_shows_a_picture():
    bucket = PublicBucketStorage(bucket_name="media", public_url="https://cdn/")

    parameters = bucket._get_write_parameters("a.webp", ContentFile(b"picture"))

    assert parameters["ContentType"] == "image/webp"
    assert "ContentDisposition" not in parameters


@pytest.mark.parametrize("name", ["a.html", "a.js", "a.svg"])
def test_portrait_of_a_person_is_a_picture(merchandiser, media, name):
    merchandiser.post(
        "/cms/account/", {"avatar-avatar": SimpleUploadedFile(name, SCRIPT)}
    )

    assert stored(media) == []


def test_portrait_is_deleted_with_its_person(media, django_capture_on_commit_callbacks):
    user = User.objects.create_user("leaver@example.com")
    profile = UserProfile.get_for_user(user)
    profile.avatar.save("a.png", ContentFile(b"picture"))
    assert len(stored(media)) == 1

    with django_capture_on_commit_callbacks(execute=True):
        user.delete()

    assert stored(media) == []


def test_list_of_products_for_a_range_is_read_and_not_kept(merchandiser, media):
    product = ProductFactory(upc="1234")
    range_ = RangeFactory()

    merchandiser.post(
        f"/dashboard/ranges/{range_.pk}/products/",
        {
            "action": "add_products",
            "file_upload": SimpleUploadedFile("a.html", b"1234"),
            "upload_type": "included",
        },
    )

    assert list(range_.all_products()) == [product]
    assert stored(media) == []
    assert storages["default"].exists("a.html") is False
