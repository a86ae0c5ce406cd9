"""The WSGI application's requests."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Note the charset that the visitor names, but don't decode with it.

        Django (5.2) parses the query with it at once, before any middleware: with a
        codec for bytes such as "hex", or with too many fields, nothing catches the
        error. ``InputMiddleware`` refuses what is not UTF-8.
        """
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )


class Handler(WSGIHandler):
    request_class = Request
