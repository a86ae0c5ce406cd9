from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from prometheus_client import REGISTRY

from foundation.media.models import LibraryImage
from foundation.media.services import renditions_make

pytestmark = pytest.mark.django_db


def told(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.fixture
def image() -> LibraryImage:
    buffer = BytesIO()
    Image.new("RGB", (400, 200), "teal").save(buffer, "PNG")
    file = ContentFile(buffer.getvalue(), "lamp.png")
    return LibraryImage.objects.create(title="A lamp", file=file)


def test_each_rendition_is_counted_and_timed(image):
    made = told("storefront_renditions_total", outcome="made")
    timed = told("storefront_rendition_seconds_count")

    renditions_make(image=image)

    assert told("storefront_renditions_total", outcome="made") == made + 3
    assert told("storefront_rendition_seconds_count") == timed + 3


def test_rendition_of_a_broken_file_is_counted_as_failed(image):
    failed = told("storefront_renditions_total", outcome="failed")
    with image.file.storage.open(image.file.name, "wb") as file:
        file.write(b"not a picture")
    broken = LibraryImage.objects.get(pk=image.pk)

    with pytest.raises(Exception):  # noqa: B017  # whatever Pillow raises
        renditions_make(image=broken)

    assert told("storefront_renditions_total", outcome="failed") > failed
