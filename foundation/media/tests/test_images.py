import time
from io import BytesIO

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.db import transaction
from django.template import Context, Template
from PIL import Image

from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run
from foundation.media.images import image_view
from foundation.media.models import LibraryImage, LibraryRendition
from foundation.media.services import renditions_make
from foundation.media.thumbnails import LibraryThumbnailer

pytestmark = pytest.mark.django_db


def upload(width: int, height: int, title: str = "A lamp") -> LibraryImage:
    buffer = BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    file = ContentFile(buffer.getvalue(), "lamp.png")
    return LibraryImage.objects.create(title=title, file=file)


def draw(image: LibraryImage | None) -> str:
    template = Template('{% load picture %}{% picture image sizes="50vw" %}')
    return template.render(Context({"image": image}))


def test_upload_gets_its_renditions_from_the_outbox():
    image = upload(800, 400)

    outbox_run(OutboxEntry.objects.get().pk)

    image.refresh_from_db()
    assert sorted(map(int, image.manifest)) == [160, 320, 640, 800]
    assert image.manifest["320"]["height"] == 160


def test_image_is_never_enlarged():
    image = upload(100, 50)

    outbox_run(OutboxEntry.objects.get().pk)

    image.refresh_from_db()
    assert list(image.manifest) == ["100"]


def test_drawing_costs_no_query(django_assert_num_queries):
    image = upload(800, 400)
    outbox_run(OutboxEntry.objects.get().pk)
    image.refresh_from_db()

    with django_assert_num_queries(0):
        html = draw(image)

    assert html.count(" 160w") == html.count(" 800w") == 1
    for attribute in ('width="800"', 'height="400"', 'alt="A lamp"'):
        assert attribute in html


def test_original_is_drawn_until_renditions_are_ready(django_assert_num_queries):
    image = upload(800, 400)

    with django_assert_num_queries(0):
        view = image_view(image)

    assert [source.url for source in view.sources] == [image.file.url]


def test_title_can_not_break_out_of_the_tag():
    html = draw(upload(10, 10, title='"><script>alert(1)</script>'))

    assert "<script>" not in html


def test_missing_image_is_said_in_words():
    assert 'aria-label="No picture yet"' in draw(None)


def test_oscars_thumbnailer_takes_the_smallest_width_that_suffices():
    image = upload(800, 400)
    outbox_run(OutboxEntry.objects.get().pk)
    image.refresh_from_db()

    thumbnail = LibraryThumbnailer().generate_thumbnail(image, size="200x200")

    assert (thumbnail.width, thumbnail.height) == (320, 160)


def test_renditions_are_made_one_at_a_time(monkeypatch):
    """Each takes as much memory as its whole original: three at once were 1 GB."""
    running, most = [], []
    generate = LibraryImage.generate_rendition_file

    def watched(self, *args, **kwargs):
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        try:
            return generate(self, *args, **kwargs)
        finally:
            running.pop()

    monkeypatch.setattr(LibraryImage, "generate_rendition_file", watched)

    renditions_make(image=upload(800, 400))

    assert most == [1, 1, 1, 1]


def test_run_after_one_that_was_killed_leaves_no_file_that_no_row_names():
    """Killed between the file and its row, as a transaction that is undone shows."""
    image = upload(400, 200)
    storage = LibraryRendition._meta.get_field("file").storage
    folder = LibraryRendition.folder_of(image)
    # The last is of another kind: somebody's who is at work in the back office.
    for spec in ["width-160|format-webp"] * 2 + ["max-165x165"]:
        with transaction.atomic():
            left = image.get_rendition(spec).file.name
            transaction.set_rollback(True)
        caches["default"].clear()
    assert len(storage.listdir(folder)[1]) == 3

    renditions_make(image=image)

    named = {rendition.file.name for rendition in image.renditions.all()}
    stored = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
    assert stored == {*named, left}


def test_renditions_do_not_tell_where_a_picture_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned to the right
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 0.0)})
    buffer = BytesIO()
    Image.new("RGB", (400, 200), "teal").save(buffer, "JPEG", exif=exif)
    image = LibraryImage.objects.create(
        title="A lamp", file=ContentFile(buffer.getvalue(), "lamp.jpg")
    )

    renditions_make(image=image)

    rendition = image.renditions.get(filter_spec="width-160|format-webp")
    with rendition.file.open() as file, Image.open(file) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (160, 320)  # and stands upright
