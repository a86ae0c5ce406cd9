"""Tables for spreadsheet programs, which calculate what looks like a formula."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"-\d+([.,]\d+)*")
CSV_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^,\r\n"]+))(,|\r?\n|\r|\Z)')
"""A cell as Python's ``csv`` writes it: quoted or plain text, then what ends it."""


def text_neutralise(text: str) -> str:
    """Return ``text`` with an apostrophe in front if a spreadsheet might calculate it.

    Negative numbers stay. Follows OWASP's "CSV Injection".
    """
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_neutralise(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Neutralise every cell of a CSV file in UTF-8. Each chunk must hold whole rows."""
    for chunk in codecs.iterdecode(chunks, "utf-8"):
        yield CSV_CELL.sub(_cell_neutralise, chunk).encode()


def _cell_neutralise(cell: re.Match[str]) -> str:
    quoted, plain, end = cell.groups()
    if quoted is None:
        return text_neutralise(plain) + end
    return f'"{text_neutralise(quoted)}"{end}'
