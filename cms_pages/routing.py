"""Finding the page of an address in two statements.

Wagtail walks the tree: two statements for each segment, five more for view
restrictions and one for breadcrumbs. Here one narrow statement by ``url_path`` finds
the page, the pages above it and whether any of them is restricted; a second reads it in
its own type. What is not found (drafts, page types that are no ``SitePage``) is left to
Wagtail.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page, Site

from cms_pages.lineage import Ancestor, ancestors
from cms_pages.models.base import SitePage

SITE_CACHE_SECONDS = 60


def site_for_request(request: HttpRequest) -> Site | None:
    """The site of the request's host and port, from the cache for a minute."""
    if hasattr(request, "_wagtail_site"):  # where Wagtail keeps it, too
        return request._wagtail_site
    cache = caches["local"]
    key = f"site:{request.get_host()}:{request.get_port()}"
    site = cache.get(key)
    if site is None:
        site = Site.find_for_request(request)
        cache.set(key, site, SITE_CACHE_SECONDS)
    request._wagtail_site = site  # type: ignore[attr-defined]
    return site


def page_find(request: HttpRequest, path: str) -> SitePage | None:
    """The live page at ``path`` of the request's site and language. Two statements."""
    site = site_for_request(request)
    if site is None or "\0" in path:
        return None
    url_path = _root_path(site) + "".join(
        f"{segment}/" for segment in path.split("/") if segment
    )
    found = (
        Page.objects.filter(url_path=url_path, live=True)
        .values_list("pk", "content_type", ArraySubquery(ancestors(url_path)))
        .first()
    )
    if found is None:
        return None
    pk, content_type, lineage = found
    page = next(iter(pages_read([(pk, content_type)])), None)
    if page is not None:
        page.routed_lineage = tuple(Ancestor(**each) for each in lineage)
    return page


def pages_read(found: Iterable[tuple[int, int]]) -> list[SitePage]:
    """The pages of ``found``, pairs of a page's id and that of its content type, in their order.

    Each in its own type with what it is shown with (``SitePage.shown_with``); without
    those that are gone or no ``SitePage``. One statement for each type.
    """
    ids_by_type: dict[int, list[int]] = {}
    order = []
    for pk, content_type in found:
        ids_by_type.setdefault(content_type, []).append(pk)
        order.append(pk)
    pages: dict[int, SitePage] = {}
    for content_type, ids in ids_by_type.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is not None and issubclass(model, SitePage):
            shown = model.objects.select_related(*model.shown_with)
            pages |= shown.in_bulk(ids)
    return [pages[pk] for pk in order if pk in pages]


def home_of(site: Site, language: str) -> Page:
    """The site's home page in ``language``, else its first. One statement."""
    first = site.root_page
    translated = Page.objects.live().filter(
        translation_key=first.translation_key, locale__language_code=language
    )
    return translated.first() or first


def _root_path(site: Site) -> str:
    """The ``url_path`` of the site's home in the active language, else of its first."""
    language = get_supported_content_language_variant(get_language())
    for root in Site.get_site_root_paths():
        if root.site_id == site.pk and root.language_code == language:
            return root.root_path
    return site.root_page.url_path
