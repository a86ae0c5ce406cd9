"""Malformed input in the back office is the sender's error, not the server's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import chain

from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.utils.datastructures import MultiValueDictKeyError

from storefront.context_processors import BACK_OFFICE
from storefront.error_pages import bad_request

logger = logging.getLogger(__name__)

UNQUOTED = ("Exceeds the limit", "Invalid IPv6 URL")
"""How Python's messages begin that are about a text but don't quote it."""


class MalformedInputMiddleware:
    """Answer 400 where a view of the back office fails because of what was sent.

    Oscar (4.2) and Wagtail (8.0) convert some keys, numbers and addresses to go back
    to without a check: their own pages never send others. Only errors that are by
    their type about input, or that quote a value that was sent, are taken for that;
    all others stay errors of the server. Each is logged with its traceback.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        if not request.path.startswith(BACK_OFFICE) or not _is_about(error, request):
            return None
        logger.warning("Malformed input.", exc_info=error)
        return bad_request(request, BadRequest())


def _is_about(error: Exception, request: HttpRequest) -> bool:
    if isinstance(error, (MultiValueDictKeyError, ValidationError, DataError)):
        return True
    if not isinstance(error, (ValueError, NoReverseMatch)):
        return False
    text = str(error)
    return text.startswith(UNQUOTED) or any(
        repr(value) in text for value in _values(request)
    )


def _values(request: HttpRequest) -> Iterator[str]:
    match = request.resolver_match
    if match is not None:
        yield from map(str, chain(match.args, match.kwargs.values()))
    for _name, values in chain(request.GET.lists(), request.POST.lists()):
        for value in values:
            yield value
            yield value.partition(":")[
                0
            ]  # of "a:b", as a URL's name, only "a" is quoted
