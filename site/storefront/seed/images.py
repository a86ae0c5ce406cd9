"""Draws the demo shop's pictures in parallel and puts them into the library with all their renditions."""

from __future__ import annotations

import hashlib
import multiprocessing
import posixpath
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Collection

from foundation.media.images import RENDITION_WIDTHS
from foundation.media.models import LibraryImage, LibraryRendition
from foundation.media.storage import hashed_name
from storefront.seed.drawing import Drawing, Spec, draw

COLLECTION = "Demo shop"
FOLDER = "images/demo"
PARALLEL = 2


def images_seed(
    specs: Iterable[Spec], scale: float, progress: Callable[[int, int], None]
) -> dict[str, LibraryImage]:
    """The library's image of every spec, by the spec's key; draws what is not there yet.

    ``scale`` as for :func:`storefront.seed.drawing.draw`.
    """
    by_key = {spec.key: spec for spec in specs}
    images = {
        key: image
        for image in LibraryImage.objects.filter(file__startswith=f"{FOLDER}/")
        if (key := _key(image.file.name)) in by_key
    }
    missing = [spec for key, spec in by_key.items() if key not in images]
    if not missing:
        return images
    collection = _collection()
    # Workers start afresh: a forked one would share this process's database connection.
    context = multiprocessing.get_context("spawn")
    drawn = partial(draw, rendition_widths=RENDITION_WIDTHS, scale=scale)
    with ProcessPoolExecutor(PARALLEL, mp_context=context) as pool:
        for done, drawing in enumerate(pool.map(drawn, missing, chunksize=4), 1):
            spec = by_key[drawing.key]
            images[drawing.key] = _store(drawing, spec.alt, collection)
            progress(done, len(missing))
    return images


def _key(name: str) -> str:
    """``images/demo/boat.0f343b093112.webp`` → ``boat``: a storage adds a hash to a name."""
    return posixpath.basename(name).rsplit(".", 2)[0]


def _collection() -> Collection:
    root = Collection.get_first_root_node()
    return root.get_children().filter(name=COLLECTION).first() or root.add_child(
        name=COLLECTION
    )


def _store(drawing: Drawing, alt: str, collection: Collection) -> LibraryImage:
    def save(name: str, content: bytes) -> str:
        file = ContentFile(content)
        named = hashed_name(name, file)
        if default_storage.exists(named):  # from a database that is gone
            return named
        return default_storage.save(named, file)

    files = [
        (save(f"{FOLDER}/{drawing.key}.{width}.webp", content), width, height)
        for width, height, content in drawing.renditions
    ]
    image = LibraryImage(
        title=alt[:255] or drawing.key,
        file=save(f"{FOLDER}/{drawing.key}.webp", drawing.original),
        width=drawing.width,
        height=drawing.height,
        file_size=len(drawing.original),
        file_hash=hashlib.sha1(drawing.original, usedforsecurity=False).hexdigest(),
        collection=collection,
        description=alt[:255],
        manifest={
            str(width): {"name": name, "width": width, "height": height}
            for name, width, height in files
        },
    )
    # Past save(): it would have the renditions made that are already there.
    LibraryImage.objects.bulk_create([image])
    LibraryRendition.objects.bulk_create(
        LibraryRendition(
            image=image,
            filter_spec=f"width-{width}|format-webp",
            focal_point_key="",
            file=name,
            width=width,
            height=height,
        )
        for name, width, height in files
    )
    return image
