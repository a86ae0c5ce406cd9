"""Accents are folded here, for what is indexed and for what is asked (no ``unaccent`` needed)."""

import unicodedata

LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
DIVIDERS = str.maketrans(dict.fromkeys("-_/\x00", " "))


def folded(text: str) -> str:
    """``text`` in small letters without accents and hyphens: "Öl-Lämpchen" becomes "ol lampchen".

    Divided at hyphens, since PostgreSQL would read the end of "LNT-1" as a number.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.translate(LETTERS).translate(DIVIDERS)
