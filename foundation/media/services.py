from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.fields.files import FieldFile
from wagtail.tasks import delete_file_from_storage_task

from foundation.core.queueing import enqueue_on_commit
from foundation.media.images import RENDITION_WIDTHS
from foundation.media.models import LibraryImage


def renditions_request(*, image: LibraryImage) -> None:
    """Have the renditions of ``image`` made after the transaction."""
    enqueue_on_commit("foundation.media.tasks.renditions_make", image_id=image.pk)


def renditions_make(*, image: LibraryImage) -> None:
    """Make what is missing of the renditions of ``image`` and write its manifest.

    Idempotent. Never enlarges: widths above the original's become one rendition
    in the original's width. One after the other: each takes about 9 bytes a pixel of the
    original, so 270 MB for the largest image allowed.
    """
    widths = [width for width in RENDITION_WIDTHS if width < image.width]
    widths.append(min(image.width, RENDITION_WIDTHS[-1]))
    specs = [f"width-{width}|format-webp" for width in dict.fromkeys(widths)]
    with image.file.open():  # read once for all of them
        renditions = [image.get_renditions(spec)[spec] for spec in specs]
    manifest = {
        str(rendition.width): {
            "name": rendition.file.name,
            "width": rendition.width,
            "height": rendition.height,
        }
        for rendition in renditions
    }
    # Not where the file was replaced meanwhile.
    LibraryImage.objects.filter(pk=image.pk, file=image.file.name).update(
        manifest=manifest
    )
    image.manifest = manifest


def file_delete_on_commit(*, file: FieldFile) -> None:
    """Have the file deleted by a job after the transaction, as Wagtail does for deleted rows."""
    stored_in: Any = (
        file.storage
    )  # every storage of Django's and ours can be made again
    storage, name = stored_in.deconstruct(), file.name
    transaction.on_commit(lambda: delete_file_from_storage_task.enqueue(storage, name))
