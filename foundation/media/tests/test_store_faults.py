"""The file store refuses, hangs or is gone: words in the form, nothing lost, nothing half done."""

import io
import json
import time
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from foundation.accounts.models import User
from foundation.core.breaker import CircuitBreaker
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_drain
from foundation.media import models
from foundation.media.images import image_view
from foundation.media.models import LibraryDocument, LibraryImage
from foundation.media.services import renditions_make
from foundation.media.storage import StorageError
from tests.object_store import ObjectStore

pytestmark = pytest.mark.django_db

SORRY = "The file store does not take the file at the moment."
TYPED = "A lamp that nobody types twice"


@pytest.fixture
def editor(client):
    user = User.objects.create_superuser(email="e@example.com", password="x")
    client.force_login(user)
    return client


def picture(colour: str = "teal", size: tuple[int, int] = (300, 200)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def image_make(colour: str = "teal") -> LibraryImage:
    return LibraryImage.objects.create(
        title="A lamp", file=ContentFile(picture(colour), "lamp.png")
    )


def document_make() -> LibraryDocument:
    return LibraryDocument.objects.create(
        title="A paper", file=ContentFile(b"%PDF-1.7 old", "paper.pdf")
    )


def images_new() -> SimpleUploadedFile:
    return SimpleUploadedFile("new.png", picture("red"))


def documents_new() -> SimpleUploadedFile:
    return SimpleUploadedFile("new.pdf", b"%PDF-1.7 new")


def words(html: str) -> str:
    return BeautifulSoup(html, "html.parser").get_text(" ")


def by_form(app: str, new: Callable) -> Callable:
    def upload(editor) -> tuple[str, str]:
        address = reverse(f"{app}:add")
        response = editor.post(address, {"title": TYPED, "file": new()})
        assert response.status_code == 200
        return words(response.content.decode()), response.content.decode()

    return upload


def by_many(app: str, new: Callable) -> Callable:
    def upload(editor) -> tuple[str, str]:
        response = editor.post(
            reverse(f"{app}:add_multiple"), {"title": TYPED, "files[]": new()}
        )
        assert response.status_code == 200
        # Name and error stand in the list of files; the page with the rest stays.
        return response.json()["error_message"], TYPED

    return upload


def by_chooser(app: str, prefix: str, new: Callable) -> Callable:
    def upload(editor) -> tuple[str, str]:
        response = editor.post(
            reverse(f"{app}_chooser:create"),
            {f"{prefix}-title": TYPED, f"{prefix}-file": new()},
        )
        assert response.status_code == 200
        html = response.json()["htmlFragment"]
        return words(html), html

    return upload


WAYS = {
    "image form": by_form("wagtailimages", images_new),
    "many images": by_many("wagtailimages", images_new),
    "image chooser": by_chooser("wagtailimages", "image-chooser-upload", images_new),
    "document form": by_form("wagtaildocs", documents_new),
    "many documents": by_many("wagtaildocs", documents_new),
    "document chooser": by_chooser(
        "wagtaildocs", "document-chooser-upload", documents_new
    ),
}
GONE = {"bucket_name": "gone"}
WRONG_SECRET = {"secret_key": "wrong"}
NOBODY_THERE = {"endpoint_url": "http://127.0.0.1:9"}


# --- Uploads ----------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_upload_without_permission_is_refused_in_words(in_store, editor, way):
    with in_store.revoked("Read", "List"):
        said, html = WAYS[way](editor)

    assert SORRY in said
    assert TYPED in html
    assert not LibraryImage.objects.exists()
    assert not LibraryDocument.objects.exists()
    assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("way", ["image form", "document form"])
@pytest.mark.parametrize(
    "in_store", [GONE, WRONG_SECRET, NOBODY_THERE], indirect=True, ids=str
)
def test_upload_into_a_store_that_is_not_right_is_refused_in_words(
    in_store, editor, way
):
    # SeaweedFS makes a bucket for whoever may do all.
    with in_store.revoked("Read", "List", "Write"):
        said, html = WAYS[way](editor)

    assert SORRY in said
    assert TYPED in html


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_store_that_hangs_is_given_up_while_somebody_waits(in_store, editor, way):
    with in_store.hanging():
        began = time.monotonic()
        said, _ = WAYS[way](editor)

    assert SORRY in said
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("way", WAYS)
def test_upload_is_in_the_store_when_the_form_is_done(in_store, editor, way):
    WAYS_THAT_WORK[way](editor)

    file = (LibraryImage.objects.first() or LibraryDocument.objects.first()).file
    expected = picture("red") if "image" in way else b"%PDF-1.7 new"
    assert file.storage.open(file.name).read() == expected


def uploaded(address: str, prefix: str, field: str, new: Callable) -> Callable:
    def upload(editor) -> None:
        data = {f"{prefix}title": TYPED, f"{prefix}{field}": new()}
        response = editor.post(reverse(address), data)
        assert response.status_code in (200, 302)

    return upload


WAYS_THAT_WORK = {
    "image form": uploaded("wagtailimages:add", "", "file", images_new),
    "many images": uploaded("wagtailimages:add_multiple", "", "files[]", images_new),
    "image chooser": uploaded(
        "wagtailimages_chooser:create", "image-chooser-upload-", "file", images_new
    ),
    "document form": uploaded("wagtaildocs:add", "", "file", documents_new),
    "many documents": uploaded(
        "wagtaildocs:add_multiple", "", "files[]", documents_new
    ),
    "document chooser": uploaded(
        "wagtaildocs_chooser:create", "document-chooser-upload-", "file", documents_new
    ),
}


# --- Replacing and deleting -------------------------------------------------------


def test_image_that_can_not_be_replaced_stays_as_it_was(in_store, editor):
    image = image_make()
    renditions_make(image=image)

    with in_store.revoked("Read", "List"):
        response = editor.post(
            reverse("wagtailimages:edit", args=[image.pk]),
            {"title": TYPED, "file": images_new()},
        )

    assert SORRY in words(response.content.decode())
    assert TYPED in response.content.decode()
    kept = LibraryImage.objects.get()
    assert (kept.title, kept.file.name, kept.width) == (
        "A lamp",
        image.file.name,
        300,
    )
    assert kept.file.storage.exists(kept.file.name)
    assert kept.manifest == image.manifest


def test_replaced_image_is_drawn_anew_and_its_old_files_go(
    in_store, editor, outbox_tasks, django_capture_on_commit_callbacks
):
    image = image_make()
    renditions_make(image=image)
    old = [image.file.name, *(each["name"] for each in image.manifest.values())]
    OutboxEntry.objects.all().delete()

    with django_capture_on_commit_callbacks(execute=True):
        response = editor.post(
            reverse("wagtailimages:edit", args=[image.pk]),
            {
                "title": "A lamp",
                "file": SimpleUploadedFile("b.png", picture("red", (700, 90))),
            },
        )
    between = image_view(LibraryImage.objects.get())
    outbox_drain()

    assert response.status_code == 302
    image = LibraryImage.objects.get()
    assert between.url == image.file.url
    assert sorted(map(int, image.manifest)) == [160, 320, 640, 700]
    storage = storages["default"]
    assert not any(storage.exists(name) for name in old)
    assert all(storage.exists(each["name"]) for each in image.manifest.values())


def test_replaced_document_is_not_left_behind(
    in_store, editor, outbox_tasks, django_capture_on_commit_callbacks
):
    document = document_make()

    with django_capture_on_commit_callbacks(execute=True):
        editor.post(
            reverse("wagtaildocs:edit", args=[document.pk]),
            {"title": "A paper", "file": documents_new()},
        )
    outbox_drain()

    assert not storages["private"].exists(document.file.name)
    assert LibraryDocument.objects.get().file.read() == b"%PDF-1.7 new"


@pytest.mark.parametrize("make", [image_make, document_make])
def test_file_of_a_deleted_row_goes_after_the_commit_without_telling_a_secret(
    in_store, outbox_tasks, django_capture_on_commit_callbacks, make
):
    row = make()
    storage, name = row.file.storage, row.file.name
    OutboxEntry.objects.all().delete()

    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
        assert storage.exists(name)
    waiting = json.dumps(list(OutboxEntry.objects.values_list("kwargs", flat=True)))
    outbox_drain()

    assert not storage.exists(name)
    for secret in in_store.identities["shop"]:
        assert secret not in waiting


def test_file_stays_where_deleting_its_row_is_rolled_back(
    in_store, outbox_tasks, django_capture_on_commit_callbacks
):
    image = image_make()
    renditions_make(image=image)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        LibraryImage.objects.get().delete()
        transaction.set_rollback(True)
    outbox_drain()

    kept = LibraryImage.objects.get()
    for name in [kept.file.name, *(each["name"] for each in kept.manifest.values())]:
        assert kept.file.storage.exists(name)


def test_file_that_can_not_be_deleted_is_tried_again(
    in_store, editor, outbox_tasks, django_capture_on_commit_callbacks
):
    image = image_make()
    OutboxEntry.objects.all().delete()

    with in_store.revoked("Read", "List"):
        with django_capture_on_commit_callbacks(execute=True):
            response = editor.post(reverse("wagtailimages:delete", args=[image.pk]))
        entry = OutboxEntry.objects.get(
            kwargs__path="wagtail.tasks.delete_file_from_storage_task"
        )
        outbox_drain()
        entry.refresh_from_db()
    assert response.status_code == 302
    assert entry.attempts == 1
    assert "AccessDenied" in entry.last_error
    assert not LibraryImage.objects.exists()


# --- Renditions -------------------------------------------------------------------


def test_list_of_images_shows_the_original_where_no_rendition_can_be_made(
    in_store, editor
):
    image = image_make()

    with in_store.revoked("Read", "List"):
        page = editor.get(reverse("wagtailimages:index"))
    again = editor.get(reverse("wagtailimages:edit", args=[image.pk]))

    assert page.status_code == again.status_code == 200
    assert image.file.url in page.content.decode()
    assert not image.renditions.exists()


def test_rendition_that_exists_is_shown_while_the_store_is_away(in_store, editor):
    image = image_make()
    editor.get(reverse("wagtailimages:index"))
    rendition = image.renditions.get()

    with in_store.revoked():
        page = editor.get(reverse("wagtailimages:index"))

    assert rendition.url in page.content.decode()


def test_store_that_just_failed_is_not_asked_for_each_image_of_a_list(
    in_store, editor, monkeypatch
):
    for colour in ("red", "green", "blue"):
        image_make(colour)
    asked = []
    monkeypatch.setattr(
        type(storages["default"]),
        "_open",
        lambda self, name, mode="rb": asked.append(name) or fail(),
    )

    def fail():
        raise StorageError("away")

    page = editor.get(reverse("wagtailimages:index"))

    assert page.status_code == 200
    assert len(asked) == 1


def test_job_of_renditions_is_tried_again_and_the_original_is_drawn_until_then(
    in_store, monkeypatch
):
    monkeypatch.setattr(models, "_store", CircuitBreaker(0))  # it is tried again later
    image = image_make()

    with (
        in_store.revoked("Read", "List"),
        pytest.raises(StorageError),
        transaction.atomic(),
    ):
        renditions_make(image=image)
    between = image_view(LibraryImage.objects.get())
    renditions_make(image=LibraryImage.objects.get())

    assert between.url == image.file.url
    assert sorted(LibraryImage.objects.get().manifest) == ["160", "300"]


def test_job_that_is_late_does_not_name_the_renditions_of_a_replaced_file(in_store):
    image = image_make()
    late = LibraryImage.objects.get()
    LibraryImage.objects.filter(pk=image.pk).update(file="images/another.png")

    renditions_make(image=late)

    assert LibraryImage.objects.get().manifest == {}


@pytest.mark.slow
def test_list_of_images_is_there_within_one_time_out_of_a_store_that_hangs(
    in_store: ObjectStore, editor
):
    for colour in ("red", "green", "blue"):
        image_make(colour)

    with in_store.hanging():
        began = time.monotonic()
        page = editor.get(reverse("wagtailimages:index"))

    assert page.status_code == 200
    assert time.monotonic() - began < 30
