import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import (
    SimpleUploadedFile,
)
from django.urls import reverse
from PIL import Image
from wagtail.models import UploadedFile

from foundation.accounts.models import User
from foundation.media.models import LibraryDocument, LibraryImage
from foundation.media.services import renditions_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = User.objects.create_superuser(email="e@example.com", password="x")
    client.force_login(user)
    return client


def encoded(kind: str, size: tuple[int, int] = (300, 200), noisy: bool = True) -> bytes:
    image = Image.effect_noise(size, 90) if noisy else Image.new("L", size)
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return (
            struct.pack(">I", len(data))
            + checked
            + struct.pack(">I", zlib.crc32(checked))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def png_with_text_bomb() -> bytes:
    """A small picture with a note that unpacks to 100 MB."""
    text = b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000)
    chunk = b"zTXt" + text
    whole = encoded("PNG")
    return (
        whole[:33]
        + struct.pack(">I", len(text)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + whole[33:]
    )  # fmt: skip


def png_of_16_bits() -> bytes:
    buffer = io.BytesIO()
    Image.new("I;16", (300, 200), 30_000).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, "text")
    return buffer.getvalue()


def upload_image(client, name: str, content: bytes):
    return client.post(
        reverse("wagtailimages:add"),
        {"title": "A lamp", "file": SimpleUploadedFile(name, content)},
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", b"", "empty"),
        ("a.png", b"not a picture", "Upload a valid image"),
        ("a.svg", SVG, "Not a supported image format"),
        ("a.png", SVG, "extension does not match"),
        ("a.png", encoded("JPEG"), "extension does not match"),
        ("a.exe", encoded("PNG"), "Not a supported image format"),
        ("a.jpg", encoded("JPEG")[:-2000], "corrupted image"),
        ("a.png", encoded("PNG")[:-2000], "corrupted image"),
        ("a.webp", encoded("WEBP")[:-500], "corrupted image"),
        ("a.gif", encoded("GIF")[:-2000], "corrupted image"),
        ("a.png", encoded("PNG", (20_000, 10), noisy=False), "too many pixels"),
        ("a.png", png_that_claims(20_000, 20_000), "too many pixels"),
        ("a.png", png_that_claims(60_000, 60_000), "too many pixels"),
        ("a.png", png_that_claims(5_500, 5_500), "too many pixels"),
        ("a.jpg", encoded("TIFF"), "extension does not match"),
        ("a.png", encoded("BMP"), "extension does not match"),
        ("a.jpg", b"\xff\xd9" + encoded("JPEG")[2:], "valid image"),
        ("a.png", b"8BPS\0\1" + bytes(2000), "valid image"),
        ("a.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n", "valid image"),
        ("a.avif", encoded("AVIF")[:-800], "corrupted image"),
        ("a.png", encoded("PNG") + bytes(20 * 1024 * 1024), "too big"),
        ("a.png", png_with_text_bomb(), "valid image"),
        ("a.png", png_of_16_bits(), "256 shades of grey"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_bad_image_is_refused_in_words(editor, name, content, words):
    response = upload_image(editor, name, content)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert not LibraryImage.objects.exists()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_good_image_is_taken(editor, kind):
    response = upload_image(editor, f"a.{kind.lower()}", encoded(kind))

    assert response.status_code == 302
    assert LibraryImage.objects.get().width == 300


def test_large_image_from_a_temporary_file_is_checked_too(editor):
    content = encoded("PNG", (2000, 1500))
    assert len(content) > 2.5 * 1024 * 1024  # Django's limit for files in memory

    assert upload_image(editor, "a.png", content).status_code == 302
    assert upload_image(editor, "a.png", content[:-9000]).status_code == 200


def test_many_images_at_once_are_checked_each(editor):
    response = editor.post(
        reverse("wagtailimages:add_multiple"),
        {"files[]": SimpleUploadedFile("a.png", encoded("PNG")[:-2000])},
    )

    assert not response.json()["success"]
    assert "corrupted image" in response.json()["error_message"]


IMAGE_WAYS = {
    "wagtailimages:add": ("title", "file"),
    "wagtailimages:add_multiple": ("title", "files[]"),
    "wagtailimages_chooser:create": (
        "image-chooser-upload-title",
        "image-chooser-upload-file",
    ),
}
DOCUMENT_WAYS = {
    "wagtaildocs:add": ("title", "file"),
    "wagtaildocs:add_multiple": ("title", "files[]"),
    "wagtaildocs_chooser:create": (
        "document-chooser-upload-title",
        "document-chooser-upload-file",
    ),
}


def upload_by(client, way: str, name: str, content: bytes) -> str:
    """What the way's answer says."""
    title, file = (IMAGE_WAYS | DOCUMENT_WAYS)[way]
    data = {title: "A title", file: SimpleUploadedFile(name, content)}
    response = client.post(reverse(way), data)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("way", IMAGE_WAYS)
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", png_that_claims(20_000, 20_000), "too many pixels"),
        ("a.png", SVG, "extension does not match"),
        ("a.png", b"", "empty"),
    ],
    ids=["bomb", "svg", "empty"],
)
def test_bad_image_is_refused_by_every_way_in(editor, way, name, content, words):
    assert words in upload_by(editor, way, name, content)
    assert not LibraryImage.objects.exists()


@pytest.mark.parametrize("way", DOCUMENT_WAYS)
def test_bad_document_is_refused_by_every_way_in(editor, way):
    assert "not what .pdf stands for" in upload_by(editor, way, "a.pdf", b"<script>")
    assert not LibraryDocument.objects.exists()


def test_bad_file_does_not_replace_a_good_one(editor):
    upload_image(editor, "a.png", encoded("PNG"))
    upload_document(editor, "a.pdf", b"%PDF-1.7")
    image, document = LibraryImage.objects.get(), LibraryDocument.objects.get()

    for address, row, name, content in (
        ("wagtailimages:edit", image, "a.png", png_that_claims(20_000, 20_000)),
        ("wagtaildocs:edit", document, "a.pdf", b"<script>"),
    ):
        file = SimpleUploadedFile(name, content)
        response = editor.post(
            reverse(address, args=[row.pk]), {"title": "Another", "file": file}
        )
        before = row.file.name
        row.refresh_from_db()

        assert response.status_code == 200
        assert (row.title != "Another", row.file.name) == (True, before)
        assert row.file.storage.exists(before)


@pytest.mark.parametrize(
    ("app", "name", "content"),
    [
        ("wagtailimages", "lamp.png", encoded("PNG")),
        ("wagtaildocs", "paper.pdf", b"%PDF-1.7 secret"),
    ],
)
def test_of_many_a_file_with_another_error_is_not_kept_where_everybody_reads(
    editor, app, name, content
):
    """Wagtail would keep it among the public files until its title is mended."""
    response = editor.post(
        reverse(f"{app}:add_multiple"),
        {"title": "long" * 64, "files[]": SimpleUploadedFile(name, content)},
    )

    said = response.json()["error_message"]
    assert said.startswith("Title: Ensure this value has at most 255 characters")
    assert said.endswith("The file was not kept: please choose it again.")
    assert not UploadedFile.objects.exists()


def test_text_that_is_a_page_in_truth_is_downloaded_as_text(editor, client):
    upload_document(editor, "a.txt", b"<html><script>alert(1)</script>")

    response = client.get(LibraryDocument.objects.get().url)

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"


def test_thousands_of_frames_are_one_picture(editor):
    frames = [Image.new("P", (60, 60), number % 250) for number in range(3000)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], optimize=False
    )

    assert upload_image(editor, "a.gif", buffer.getvalue()).status_code == 302
    image = LibraryImage.objects.get()
    renditions_make(image=image)

    with image.renditions.get().file.open() as file, Image.open(file) as picture:
        assert getattr(picture, "n_frames", 1) == 1


def test_title_of_an_image_can_be_changed_without_its_file(editor):
    upload_image(editor, "a.png", encoded("PNG"))
    image = LibraryImage.objects.get()

    editor.post(reverse("wagtailimages:edit", args=[image.pk]), {"title": "A sofa"})

    image.refresh_from_db()
    assert image.title == "A sofa"


def upload_document(client, name: str, content: bytes):
    return client.post(
        reverse("wagtaildocs:add"),
        {"title": "A paper", "file": SimpleUploadedFile(name, content)},
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", zipped("a"), "not what .pdf stands for"),
        ("a.pdf", b"<html><script>alert(1)</script>", "not what .pdf stands for"),
        ("a.docx", zipped("evil.exe"), "not what .docx stands for"),
        ("a.zip", zipped("a")[:-10], "not what .zip stands for"),
        ("a.csv", encoded("PNG"), "not what .csv stands for"),
        ("a.svg", SVG, "File extension “svg” is not allowed"),
        ("a.html", b"<script>", "File extension “html” is not allowed"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_bad_document_is_refused_in_words(editor, name, content, words):
    response = upload_document(editor, name, content)

    assert response.status_code == 200
    [told] = response.context["form"].errors["file"]
    assert words in told
    assert not LibraryDocument.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7\n..."),
        ("a.docx", zipped("word/document.xml")),
        ("a.xlsx", zipped("xl/workbook.xml")),
        ("a.odt", zipped("content.xml")),
        ("a.zip", zipped("a")),
        ("a.csv", "Größe;Preis\n".encode()),
        ("a.csv", "Größe;Preis\n".encode("utf-16")),
        ("a.txt", "Grüße".encode("latin-1")),
    ],
)
def test_good_document_is_taken(editor, name, content):
    response = upload_document(editor, name, content)

    assert response.status_code == 302
    assert LibraryDocument.objects.exists()
