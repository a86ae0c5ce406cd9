"""How an image is drawn: from its manifest, without a query."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files.storage import default_storage

from foundation.media.models import LibraryImage

RENDITION_WIDTHS = (160, 320, 640, 960, 1440)
"""Widths in pixels that every image is made in (never enlarged), as WebP."""


@dataclass(frozen=True, slots=True)
class ImageSource:
    """One ready rendition; ``width`` and ``height`` in pixels."""

    url: str
    width: int
    height: int
    mime: str


@dataclass(frozen=True, slots=True)
class ImageView:
    """An image as a template needs it: ``sources`` by rising width, at least one."""

    alt: str
    width: int
    height: int
    sources: tuple[ImageSource, ...]

    @property
    def url(self) -> str:
        """The widest rendition."""
        return self.sources[-1].url

    @property
    def srcset(self) -> str:
        return ", ".join(f"{source.url} {source.width}w" for source in self.sources)


def image_view(image: LibraryImage, *, alt: str | None = None) -> ImageView:
    """What is known of ``image`` without a query; the original until renditions are ready."""
    sources = tuple(
        ImageSource(
            url=default_storage.url(entry["name"]),
            width=entry["width"],
            height=entry["height"],
            mime="image/webp",
        )
        for _, entry in sorted(image.manifest.items(), key=lambda item: int(item[0]))
    )
    if not sources:
        sources = (ImageSource(image.file.url, image.width, image.height, ""),)
    text = image.description or image.title if alt is None else alt
    return ImageView(text, image.width, image.height, sources)
