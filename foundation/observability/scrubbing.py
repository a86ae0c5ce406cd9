"""Takes personal data and secrets out of a text that leaves the shop: log lines, error reports.

Two ways at once. What has a known form (addresses, card numbers, passwords beside their
name, URLs) is masked wherever it stands. And whatever the visitor has sent with the
request in work is masked in every form it has: names and streets look like any word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

MASK = "…"
SHORTEST = 3
"""Shorter words that a visitor sent are left: "1", "de"."""
LONGEST_TEXT = 100_000
"""Characters of a text that are looked at; the rest is cut off."""

SENSITIVE = (
    "password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|authorization|cookie|"
    "session_?id|csrftoken|signature|card[_-]?number|cvc|iban"
)
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, flags), replacement)
    for pattern, flags, replacement in (
        # gunicorn: the path as it was sent, the visitor's address
        (r"(Error handling request)(?! \().*", 0, rf"\1 {MASK}"),
        (r"(Invalid request) from ip=.*", re.DOTALL, r"\1"),
        # PostgreSQL: values of the row, the statement
        (
            r"(DETAIL|CONTEXT|QUERY|LINE \d+):.*?(?=\n\n|\nTraceback|\n  File|\n[A-Z]+:|\Z)",
            re.DOTALL,
            rf"\1: {MASK}",
        ),
        (
            r"((?:invalid input (?:syntax|value) for [^:\n]+|malformed [^:\n]+|out of range|in tsquery): ).*",
            0,
            rf"\1{MASK}",
        ),
        (r'(\bvalue )"[^"\n]*"( is out of range)', 0, rf"\1{MASK}\2"),
        # a URL keeps its scheme and host: user, password, path and query go
        (r"(?<=://)[^\s/'\"]*@", 0, f"{MASK}@"),
        (r"(\b[a-z][a-z0-9+.-]*://[^\s/?#'\"<>,]+)[/?#][^\s'\"<>]*", re.IGNORECASE, rf"\1/{MASK}"),
        (r"(?:[\w.+-]|%2B)+(?:@|%40)[\w-]+(?:\.[\w-]+)+", 0, f"{MASK}@{MASK}"),
        (r"\b(cookie['\"]?\s*[:=]\s*).*", re.IGNORECASE, rf"\1{MASK}"),
        (
            rf"\b([\w-]*(?:{SENSITIVE})[\w-]*['\"]?\s*(?::|=|%3D)\s*)"
            r"(?:(?:bearer|basic|token)\s+)?(?:'[^']*'|\"[^\"]*\"|[^\s,;&'\"}\])]+)",
            re.IGNORECASE,
            rf"\1{MASK}",
        ),
        (r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE, rf"\1 {MASK}"),
        (r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w.])", 0, MASK),  # card numbers
        (r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b", 0, MASK),  # IBAN
        (r"(?<![\w.])(?:\+|00)\d(?:[ ()/-]{0,2}\d){6,14}(?!\w)", 0, MASK),  # phones
    )
)  # fmt: skip

_request: ContextVar[HttpRequest | None] = ContextVar("scrubbed_request", default=None)


@contextmanager
def request_scrubbed(request: HttpRequest) -> Iterator[None]:
    """All that is logged inside is free of what ``request`` has sent."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def request_in_work() -> HttpRequest | None:
    return _request.get()


def scrub(text: str, request: HttpRequest | None = None) -> str:
    """``text`` without personal data, as far as it can be known; of ``request``, else of the one in work."""
    text = text[:LONGEST_TEXT]
    request = request or _request.get()
    if request is not None:
        text = _without(text, sent_words(request))
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def scrub_stack(text: str, request: HttpRequest | None = None) -> str:
    """A traceback, scrubbed; its files and lines of code stay readable, they hold no visitor's words."""
    parts = re.split(r"(?m)(^  .*\n?)", text)
    words = sent_words(request) if (request := request or _request.get()) else []
    told = "".join(
        part if part.startswith("  ") else _without(part, words) for part in parts
    )
    for pattern, replacement in PATTERNS:
        told = pattern.sub(replacement, told)
    return told


def sent_words(request: HttpRequest) -> list[str]:
    """What the visitor has sent, the longest first: path, query, form, cookies. Never reads the body.

    Of a path that has a view only what the view is given: the rest is the shop's own words.
    """
    match = request.resolver_match
    given = [*match.args, *match.kwargs.values()] if match else [request.path]
    values: Iterable[str] = [
        request.path,
        *(part for value in given for part in str(value).split("/")),
        request.META.get("QUERY_STRING", ""),
        *(value for values in request.GET.lists() for value in values[1]),
        *request.COOKIES.values(),
    ]
    form = getattr(request, "_post", None)
    if form is not None:
        values = [*values, *(value for values in form.lists() for value in values[1])]
    words = {" ".join(value.split()) for value in values}
    return sorted({word for word in words if len(word) >= SHORTEST}, key=len)[::-1]


def _without(text: str, words: Iterable[str]) -> str:
    """Whatever case and spaces they have there: forms take off what stands around a word."""
    lowered = text.lower()
    for word in words:
        parts = word.split(" ")
        if parts[0].lower() in lowered:
            spaced = r"\s+".join(map(re.escape, parts))
            text = re.sub(rf"(?<!\w){spaced}(?!\w)", MASK, text, flags=re.IGNORECASE)
    return text
