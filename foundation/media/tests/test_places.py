"""Where a photograph was taken."""

import io
import struct

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from foundation.accounts.models import User
from foundation.media.models import LibraryImage
from foundation.media.places import place_forget

LATITUDE = struct.pack(">6I", 52, 1, 31, 1, 12, 1)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="52,31.2N">'
    b"<exif:GPSLongitude>13,24.0E</exif:GPSLongitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def photograph(kind: str, *, place: bool = True, **more: object) -> bytes:
    """Lies on its side, says whose it is and where it was taken."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 6
    notes[ExifTags.Base.Copyright] = "A photographer"
    if place:
        north = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 1.0)}
        notes[ExifTags.IFD.GPSInfo] = north
    buffer = io.BytesIO()
    Image.effect_noise((60, 40), 90).convert("RGB").save(
        buffer, kind, exif=notes, **more
    )
    return buffer.getvalue()


def forgotten(content: bytes) -> bytes:
    file = ContentFile(content)
    place_forget(file)
    return file.read()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_place_goes_and_all_else_stays(kind):
    before = photograph(kind)

    after = forgotten(before)

    assert LATITUDE in before
    assert LATITUDE not in after
    assert len(after) == len(before)
    with Image.open(io.BytesIO(before)) as was, Image.open(io.BytesIO(after)) as now:
        assert not now.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert now.getexif()[ExifTags.Base.Orientation] == 6
        assert now.getexif()[ExifTags.Base.Copyright] == "A photographer"
        assert now.tobytes() == was.tobytes()


def test_place_in_xmp_goes_too():
    after = forgotten(photograph("JPEG", place=False, xmp=XMP))

    assert b"52,31.2N" not in after
    assert b"13,24.0E" not in after
    with Image.open(io.BytesIO(after)) as now:
        assert b"<exif:GPSLongitude>        </exif:GPSLongitude>" in now.info["xmp"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_image_that_tells_no_place_is_left_alone(kind):
    image = io.BytesIO()
    Image.new("RGB", (60, 40)).save(image, kind)

    assert forgotten(image.getvalue()) == image.getvalue()


def png_with_xmp() -> bytes:
    note = PngInfo()
    note.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return photograph("PNG", place=False, pnginfo=note)


@pytest.mark.parametrize(
    "damage",
    [
        {0: b"\xff\xff"},  # more entries than there are
        {18: b"\xff\xff\xff\xff"},  # a value of 34 GB
        {22: b"\xff\xff\xff\xf0"},  # far behind the end
    ],
    ids=["entries", "length", "pointer"],
)
def test_damaged_notes_are_blanked_as_far_as_they_go(damage):
    content = bytearray(photograph("JPEG"))
    with Image.open(io.BytesIO(content)) as image:
        notes = image.info["exif"].removeprefix(b"Exif\0\0")
        directory = image.getexif()[ExifTags.IFD.GPSInfo]
    at = content.find(notes) + directory
    for offset, value in damage.items():
        content[at + offset : at + offset + len(value)] = value

    after = forgotten(bytes(content))

    assert len(after) == len(content)
    with Image.open(io.BytesIO(after)) as now:
        assert not now.getexif().get_ifd(ExifTags.IFD.GPSInfo)


@pytest.mark.parametrize(
    "content", [photograph("AVIF"), png_with_xmp()], ids=["AVIF", "XMP in PNG"]
)
def test_place_that_is_out_of_reach_is_refused_in_words(content):
    with pytest.raises(ValidationError, match="save it without its place"):
        forgotten(content)


@pytest.mark.django_db
def test_original_that_was_uploaded_tells_no_place(client):
    client.force_login(User.objects.create_superuser(email="e@example.com"))
    file = SimpleUploadedFile("boat.jpg", photograph("JPEG"))

    response = client.post(
        reverse("wagtailimages:add"), {"title": "A boat", "file": file}
    )

    assert response.status_code == 302
    assert LATITUDE not in LibraryImage.objects.get().file.read()
