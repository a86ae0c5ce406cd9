"""What may be uploaded. The limits are stated in ``docs/reference/media.md``."""

from __future__ import annotations

import posixpath
import warnings
import zipfile
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from PIL import Image

IMAGE_SIDE = 12_000
"""Longest side of an image in pixels; ``WAGTAILIMAGES_MAX_IMAGE_PIXELS`` limits the area."""

TEXT_EXTENSIONS = ("csv", "txt")
ZIP_EXTENSIONS = {
    "docx": "word/",
    "odt": "content.xml",
    "xlsx": "xl/",
    "zip": "",
}
"""Extension → how the name of at least one member must begin."""


def image_check(file: File) -> None:
    """Look at the first bytes alone, before anybody takes memory for the whole image.

    Raises: ValidationError, in words for who uploads it.
    """
    _not_empty(file)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file)
            width, height = image.size
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError):
        return  # no image at all: Wagtail says so
    finally:
        file.seek(0)
    if max(width, height) > IMAGE_SIDE:
        raise _too_large()
    if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise _too_large()
    if image.mode.startswith(("I", "F")):
        raise ValidationError(
            _(
                "This image has more than 256 shades of grey, and would be drawn white. "
                "Please save it with 8 bits."
            ),
            code="too_many_shades",
        )


def _too_large() -> ValidationError:
    return ValidationError(
        _(
            "This image has too many pixels. Allowed are %(area)d megapixels, and "
            "%(side)d pixels on the longer side."
        )
        % {
            "area": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000,
            "side": IMAGE_SIDE,
        },
        code="image_too_large",
    )


def document_check(file: File) -> None:
    """The extension is allowed, and the content what it says. Raises: ValidationError."""
    _not_empty(file)
    FileExtensionValidator(settings.WAGTAILDOCS_EXTENSIONS)(file)
    extension = posixpath.splitext(file.name or "")[1].lower().removeprefix(".")
    file.seek(0)
    try:
        if not _is(extension, file):
            raise ValidationError(
                _("The content of this file is not what .%(extension)s stands for.")
                % {"extension": extension},
                code="wrong_extension",
            )
    finally:
        file.seek(0)


def _not_empty(file: File) -> None:
    if not file.size:
        raise ValidationError(_("This file is empty."), code="empty")


def _is(extension: str, file: File | BinaryIO) -> bool:
    if extension == "pdf":
        return b"%PDF-" in file.read(1024)
    if extension in ZIP_EXTENSIONS:
        return _is_zip(file, ZIP_EXTENSIONS[extension])
    if extension in TEXT_EXTENSIONS:
        # UTF-8, UTF-16 or an old code page: what no text has is a NUL without a byte order mark.
        start = file.read(64 * 1024)
        return start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in start
    return False


def _is_zip(file: File | BinaryIO, member: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.startswith(member) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
