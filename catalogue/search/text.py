"""Accents are folded here, for what is indexed and for what is asked (no ``unaccent`` needed)."""

import unicodedata

LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def folded(text: str) -> str:
    """``text`` in small letters without accents: "Öl-Lämpchen" becomes "ol-lampchen"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.translate(LETTERS)
