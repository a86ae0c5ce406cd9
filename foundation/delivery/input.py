"""Requests whose text the shop can't take are refused before anything reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
    UnreadablePostError,
)

UTF_8 = frozenset({"utf-8", "utf8"})
LONGEST_PATH = 2000
"""Characters of a decoded path."""


class InputMiddleware:
    """Answer 400 to a request that isn't UTF-8, holds U+0000 or has a broken body.

    PostgreSQL can't store U+0000, so it would be an error in every look-up and every
    form. The body is parsed here, inside of the layers that give a response its
    headers or refuse its body unread, so that all errors of parsing get the shop's
    page. The content of uploaded files is not looked at.

    A path that no address of the shop can have is not found: digits without end are
    no key (``int()`` refuses more than 4,300), and gunicorn takes only 4,094 bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _check_charset(request)
        if len(request.path_info) > LONGEST_PATH:
            raise Http404
        if any("\0" in text for text in _texts(request)):
            raise BadRequest("U+0000 in the request.")
        return self.get_response(request)


def _check_charset(request: HttpRequest) -> None:
    """Raise ``BadRequest`` if the visitor names another charset than UTF-8."""
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in UTF_8:
        raise BadRequest("The request's charset is not UTF-8.")


def _texts(request: HttpRequest) -> Iterator[str]:
    """Path, query and form, names of fields included."""
    yield request.path_info
    for name, values in chain(_query(request).lists(), _form(request).lists()):
        yield name
        yield from values


def _query(request: HttpRequest) -> QueryDict:
    try:
        return request.GET
    except TooManyFieldsSent:
        request.GET = QueryDict()  # what logs the refusal reads the query, too
        raise


def _form(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except UnreadablePostError as error:
        raise BadRequest("The visitor's connection broke.") from error
