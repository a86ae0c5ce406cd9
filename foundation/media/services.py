from __future__ import annotations

import posixpath
from typing import Any

from django.db import transaction
from django.db.models.fields.files import FieldFile
from wagtail.tasks import delete_file_from_storage_task

from foundation.core.queueing import enqueue_on_commit
from foundation.media.images import RENDITION_WIDTHS
from foundation.media.models import LibraryImage, LibraryRendition


def renditions_request(*, image: LibraryImage) -> None:
    """Have the renditions of ``image`` made after the transaction."""
    enqueue_on_commit("foundation.media.tasks.renditions_make", image_id=image.pk)


def renditions_make(*, image: LibraryImage) -> None:
    """Make what is missing of the renditions of ``image`` and write its manifest.

    Idempotent; deletes the files that a run left which was killed before its rows
    were committed. Never enlarges: widths above the original's become one rendition
    in the original's width. One after the other: each takes about 9 bytes a pixel of the
    original, so 270 MB for the largest image allowed.
    """
    widths = [width for width in RENDITION_WIDTHS if width < image.width]
    widths.append(min(image.width, RENDITION_WIDTHS[-1]))
    specs = [f"width-{width}|format-webp" for width in dict.fromkeys(widths)]
    with image.file.open():  # read once for all of them
        renditions = [image.get_renditions(spec)[spec] for spec in specs]
    _leftovers_delete(image, specs)
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


def _leftovers_delete(image: LibraryImage, specs: list[str]) -> None:
    """Delete the twins of the renditions' files: Django put letters before their first dot.

    An image has one rendition of a kind, so no row can come to name a second file of it.
    """
    field = LibraryRendition._meta.get_field("file")
    folder = LibraryRendition.folder_of(image)
    try:
        _, files = field.storage.listdir(folder)
    except FileNotFoundError:  # all are from before images had folders
        return
    # After the listing: what somebody stores meanwhile is not in it.
    rows = image.renditions.filter(filter_spec__in=specs)
    named = {posixpath.basename(name) for name in rows.values_list("file", flat=True)}
    kinds = {name.partition(".")[2] for name in named}  # with the content's hash
    for name in files:
        if name not in named and name.partition(".")[2] in kinds:
            field.storage.delete(f"{folder}/{name}")


def file_delete_on_commit(*, file: FieldFile) -> None:
    """Have the file deleted by a job after the transaction, as Wagtail does for deleted rows."""
    stored_in: Any = (
        file.storage
    )  # every storage of Django's and ours can be made again
    storage, name = stored_in.deconstruct(), file.name
    transaction.on_commit(lambda: delete_file_from_storage_task.enqueue(storage, name))
