"""Draws and encodes one picture. Runs in worker processes: knows no Django, no database."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from storefront.demo.specs import ImageSpec, SceneSpec

QUALITY = 80
PRODUCT_SIZE = 1000
SCENE_SIZE = (1600, 1000)

Spec = ImageSpec | SceneSpec


@dataclass(frozen=True)
class Drawing:
    """An encoded picture: its size in pixels and (width, height, WebP bytes) of each rendition."""

    key: str
    width: int
    height: int
    original: bytes
    renditions: tuple[tuple[int, int, bytes], ...]


def draw(spec: Spec, rendition_widths: tuple[int, ...], scale: float) -> Drawing:
    """The picture of ``spec`` in all ``rendition_widths`` (pixels) that don't enlarge it.

    ``scale`` 1 draws in full size; less is quicker and smaller.
    """
    picture = _draw(spec, scale)
    largest = min(picture.width, rendition_widths[-1])
    widths = {width for width in rendition_widths if width < largest} | {largest}
    renditions = []
    smaller = picture
    for width in sorted(widths, reverse=True):
        if width != smaller.width:
            height = round(picture.height * width / picture.width)
            smaller = smaller.resize((width, height), Image.Resampling.BICUBIC)
        renditions.append((width, smaller.height, _encode(smaller)))
    original = renditions[0][2] if largest == picture.width else _encode(picture)
    return Drawing(spec.key, picture.width, picture.height, original, tuple(renditions))


def _encode(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()


def _draw(spec: Spec, scale: float) -> Image.Image:
    if isinstance(spec, SceneSpec):
        return spec.draw((round(SCENE_SIZE[0] * scale), round(SCENE_SIZE[1] * scale)))
    return spec.draw(round(PRODUCT_SIZE * scale))
