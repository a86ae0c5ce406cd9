"""Finding the page of an address in one statement.

Wagtail walks the tree: two statements for each segment, five more for view
restrictions and one for breadcrumbs. Here one statement by ``url_path`` brings the
page with the fields of its own type, the pages above it and whether any of them is
restricted, and for an article its tags and what to read next. What it cannot find
(drafts, page types with routes of their own) is left to Wagtail.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page, PageViewRestriction, Site

from cms_pages.models import (
    ArticleIndexPage,
    ArticlePage,
    ArticlePageTag,
    FormPage,
    HomePage,
    LandingPage,
    StandardPage,
)
from cms_pages.models.base import SitePage

SITE_CACHE_SECONDS = 60
RELATED_ARTICLES = 3
PAGE_TYPES = (
    HomePage,
    LandingPage,
    ArticleIndexPage,
    ArticlePage,
    StandardPage,
    FormPage,
)
TYPE_NAMES = tuple(str(model._meta.model_name) for model in PAGE_TYPES)
"""The type's row hangs on that of the page under this name."""
JOINED = (
    *TYPE_NAMES,
    *(f"{name}__social_image" for name in TYPE_NAMES),
    "homepage__hero_image",
    "homepage__hero_link_page",
    "landingpage__hero_image",
    "landingpage__hero_link_page",
    "articlepage__author",
    "articlepage__cover",
)


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Crumb:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A page on the way from Wagtail's root down to a page, itself the last."""

    title: str
    url_path: str
    is_alias: bool
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """What routing has learned about a page beside its fields."""

    ancestors: tuple[Ancestor, ...]
    tags: tuple[Tag, ...] = ()
    related_ids: tuple[int, ...] = ()

    @property
    def may_be_restricted(self) -> bool:
        """An alias takes the restrictions of its source: Wagtail has to look."""
        return any(each.is_restricted or each.is_alias for each in self.ancestors)


def site_for_request(request: HttpRequest) -> Site | None:
    """The site of the request's host and port, from the cache for a minute."""
    if hasattr(request, "_wagtail_site"):  # where Wagtail keeps it, too
        return request._wagtail_site
    key = f"site:{request.get_host()}:{request.get_port()}"
    site = cache.get(key)
    if site is None:
        site = Site.find_for_request(request)
        cache.set(key, site, SITE_CACHE_SECONDS)
    request._wagtail_site = site  # type: ignore[attr-defined]
    return site


def page_find(request: HttpRequest, path: str) -> SitePage | None:
    """The live page at ``path`` of the request's site and language. One statement."""
    site = site_for_request(request)
    if site is None or "\0" in path:
        return None
    url_path = _root_path(site) + "".join(
        f"{segment}/" for segment in path.split("/") if segment
    )
    found = (
        Page.objects.filter(url_path=url_path, live=True)
        .select_related(*JOINED)
        .annotate(
            routed_ancestors=ArraySubquery(_ancestors(url_path)),
            routed_tags=ArraySubquery(_tags(url_path)),
            routed_related=ArraySubquery(_related(url_path)),
        )
        .first()
    )
    if found is None:
        return None
    page = specific_of(found)
    if page is not None:
        page.routed_lineage = Lineage(
            ancestors=tuple(Ancestor(**each) for each in found.routed_ancestors),
            tags=tuple(Tag(**each) for each in found.routed_tags),
            related_ids=tuple(found.routed_related),
        )
    return page


def lineage_of(page: SitePage) -> Lineage:
    """What routing knows of ``page``; three statements where it was not routed (previews)."""
    if page.routed_lineage is None:
        path = page.url_path
        page.routed_lineage = Lineage(
            ancestors=tuple(Ancestor(**each) for each in _ancestors(path)),
            tags=tuple(Tag(**each) for each in _tags(path)),
            related_ids=tuple(pk for pk in _related(path)),
        )
    return page.routed_lineage


def breadcrumbs(page: SitePage) -> list[Crumb]:
    """From below home down to ``page``; none on home itself."""
    _root, *pages = lineage_of(page).ancestors
    if not pages:
        return []
    home = len(pages[0].url_path)
    return [
        Crumb(each.title, reverse("wagtail_serve", args=(each.url_path[home:],)))
        for each in pages[1:]
    ]


def specific_of(page: Page) -> SitePage | None:
    """``page`` in its own type, joined already; ``None`` for a type that is not ours."""
    return next(
        (getattr(page, name) for name in TYPE_NAMES if hasattr(page, name)), None
    )


def home_of(site: Site, language: str) -> Page:
    """The site's home page in ``language``, else its first. One statement."""
    first = site.root_page
    translated = Page.objects.live().filter(
        translation_key=first.translation_key, locale__language_code=language
    )
    return translated.first() or first


# --- Parts of the one statement -----------------------------------------------------


def _root_path(site: Site) -> str:
    """The ``url_path`` of the site's home in the active language, else of its first."""
    language = get_supported_content_language_variant(get_language())
    for root in Site.get_site_root_paths():
        if root.site_id == site.pk and root.language_code == language:
            return root.root_path
    return site.root_page.url_path


def _above(url_path: str) -> list[str]:
    """``/home/a/b/`` → ``/``, ``/home/``, ``/home/a/``, ``/home/a/b/``."""
    parts = [f"{segment}/" for segment in url_path.split("/") if segment]
    return ["/" + "".join(parts[:length]) for length in range(len(parts) + 1)]


def _ancestors(url_path: str) -> QuerySet:
    restrictions = PageViewRestriction.objects.filter(page=OuterRef("pk"))
    return (
        Page.objects.filter(url_path__in=_above(url_path))
        .order_by("path")
        .values_list(
            JSONObject(
                title="title",
                url_path="url_path",
                is_alias=Q(alias_of__isnull=False),
                is_restricted=Exists(restrictions),
            ),
            flat=True,
        )
    )


def _tags(url_path: str) -> QuerySet:
    return (
        ArticlePageTag.objects.filter(content_object__url_path=url_path)
        .order_by("tag__name")
        .values_list(JSONObject(name="tag__name", slug="tag__slug"), flat=True)
    )


def _related(url_path: str) -> QuerySet:
    """What to read next: beside the article, most of its tags first, then newest."""
    above = _above(url_path)
    tags = ArticlePageTag.objects.filter(content_object__url_path=url_path)
    return (
        ArticlePage.objects.live()
        .filter(
            depth=len(above),
            url_path__startswith=above[-2] if len(above) > 1 else url_path,
            view_restrictions=None,
        )
        .exclude(url_path=url_path)
        .annotate(
            shared=Count(
                "tagged_items",
                filter=Q(tagged_items__tag__in=tags.order_by().values("tag")),
            )
        )
        .order_by("-shared", "-date", "-pk")
        .values_list("pk", flat=True)[:RELATED_ARTICLES]
    )
