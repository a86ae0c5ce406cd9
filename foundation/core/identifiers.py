"""Primary keys that visitors send as text."""

from __future__ import annotations

LARGEST_ID = 2**63 - 1
"""Of PostgreSQL's ``bigint``."""


def id_parse(text: str) -> int | None:
    """Return ``text`` as a primary key, or ``None`` if it can't be one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_ID))):
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None
