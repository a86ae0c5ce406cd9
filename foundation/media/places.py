"""Where a photograph was taken is nobody's business: the public bucket hands out originals.

Phones write it into a file's notes (EXIF and XMP). It is blanked there, byte for byte: no pixel is
encoded anew; orientation, copyright and the file's length stay.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import ExifTags, Image

XMP_PLACE = re.compile(rb"""(exif:GPS\w+(?:\s*=\s*["']|>)\s*)([^<"'\s][^<"']*)""")
VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
"""Length of a value by its type in TIFF."""

UNREADABLE = (OSError, SyntaxError, ValueError, struct.error)
"""What Pillow raises over damaged notes."""


def place_forget(file: File) -> None:
    """Blank the place in the notes of an image that Pillow can read.

    Raises: ValidationError where they are written in a way that this does not reach (AVIF, packed).
    """
    file.seek(0)
    content = file.read()
    if _is_told(content):
        with suppress(*UNREADABLE):
            content = _exif_blanked(content)
        content = XMP_PLACE.sub(lambda found: found[1] + b" " * len(found[2]), content)
        if _is_told(content, is_changed=True):
            raise ValidationError(
                _(
                    "This image tells where it was taken, and that can't be taken out. "
                    "Please save it without its place."
                ),
                code="place_told",
            )
        file.seek(0)
        file.write(content)
    file.seek(0)


def _is_told(content: bytes, *, is_changed: bool = False) -> bool:
    """Also where nobody can tell, as of a file that was damaged here."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            place = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
            if is_changed:
                image.load()  # are all checksums right?
    except UNREADABLE:
        return True
    return bool(place or XMP_PLACE.search(content))


def _exif_blanked(content: bytes) -> bytes:
    """With zeros for the directory of the place and the values that it points to, as far as it is there."""
    with Image.open(io.BytesIO(content)) as image:
        notes = image.info.get("exif", b"").removeprefix(b"Exif\0\0")
        directory = image.getexif().get(ExifTags.IFD.GPSInfo)
    begin = content.find(notes)
    if begin < 0 or not isinstance(directory, int) or directory > len(notes) - 2:
        return content
    order = "<" if notes.startswith(b"II") else ">"
    blanked = bytearray(notes)

    def blank(start: int, length: int) -> None:
        end = min(start + length, len(notes))
        if start < end:
            blanked[start:end] = bytes(end - start)

    (count,) = struct.unpack_from(f"{order}H", notes, directory)
    first, end = directory + 2, directory + 2 + 12 * count
    for entry in range(first, min(end, len(notes) - 11), 12):
        _tag, kind, length, where = struct.unpack_from(f"{order}HHII", notes, entry)
        size = VALUE_BYTES.get(kind, 0) * length
        if size > 4:
            blank(where, size)
    blank(directory, end - directory)
    whole = bytearray(content)
    end = begin + len(notes)
    whole[begin:end] = blanked
    if content[begin - 4 : begin] == b"eXIf":  # PNG: its checksum stands behind
        whole[end : end + 4] = struct.pack(">I", zlib.crc32(whole[begin - 4 : end]))
    return bytes(whole)
