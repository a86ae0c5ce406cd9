"""Reads around pages. Frozen views, so that templates start no query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from wagtail.models import Page, Site

from cms_pages.models import (
    ArticleIndexPage,
    ArticlePage,
    ArticlePageTag,
    SiteSettings,
)
from cms_pages.models.base import SitePage
from foundation.core.identity import ShopIdentity
from foundation.media.models import LibraryImage

ARTICLES_PER_PAGE = 20
LATEST_ARTICLES = 3
RELATED_ARTICLES = 3


@dataclass(frozen=True, slots=True)
class Teaser:
    """A page in a list; only an article has a date."""

    title: str
    url: str
    date: date | None
    introduction: str
    cover: LibraryImage | None


@dataclass(frozen=True, slots=True)
class TagLink:
    name: str
    slug: str
    url: str


@dataclass(frozen=True, slots=True)
class ArticleListing:
    """A page of teasers; ``tags`` has the most used first, ``active_tag`` is one of them."""

    articles: PaginatorPage[Teaser]
    tags: list[TagLink]
    active_tag: TagLink | None


def page_teasers(pages: Iterable[SitePage]) -> list[Teaser]:
    """Teasers of pages of our types, in their order; covers and hero images are loaded."""
    return [
        Teaser(
            title=page.title,
            url=page.url or "",
            date=getattr(page, "date", None),
            introduction=getattr(page, "introduction", "") or page.search_description,
            cover=getattr(page, "cover", None) or getattr(page, "hero_image", None),
        )
        for page in pages
    ]


def article_listing(
    index: ArticleIndexPage, *, tag: str = "", page: str = "1"
) -> ArticleListing:
    """Articles below ``index``, newest first, those of ``tag`` only where it is in use there.

    Three statements. A page number out of range gives the nearest page.
    """
    tags = _tags_in_use(index)
    active = next((each for each in tags if each.slug == tag), None)
    articles = _listed_below(index)
    if active:
        articles = articles.filter(tagged_items__tag__slug=active.slug)
    found: Any = Paginator(articles, ARTICLES_PER_PAGE).get_page(page)
    found.object_list = page_teasers(found.object_list)
    return ArticleListing(articles=found, tags=tags, active_tag=active)


def article_tags(article: ArticlePage) -> list[TagLink]:
    """Tags of ``article`` by name, as links into the index above it. One statement."""
    index_url = _parent_url(article)
    tags = [each.tag for each in article.tagged_items.select_related("tag")]
    return [
        TagLink(tag.name, tag.slug, f"{index_url}?tag={tag.slug}")
        for tag in sorted(tags, key=lambda tag: tag.name)
    ]


def related_articles(article: ArticlePage) -> list[Teaser]:
    """What to read next: beside ``article``, most of its tags first, then newest. One statement."""
    tags = ArticlePageTag.objects.filter(content_object=article).values("tag")
    related = (
        ArticlePage.objects.sibling_of(article, inclusive=False)
        .filter(live=True, view_restrictions=None)
        .annotate(
            shared=Count("tagged_items", filter=Q(tagged_items__tag__in=tags)),
        )
        .select_related("cover")
        .defer("body")
        .order_by("-shared", "-date", "-pk")
    )
    return page_teasers(related[:RELATED_ARTICLES])


def latest_articles(page: Page) -> list[Teaser]:
    """The latest articles below ``page``. One statement."""
    return page_teasers(_listed_below(page)[:LATEST_ARTICLES])


def shop_identity() -> ShopIdentity:
    """Return who runs the default site, by its settings. Two statements."""
    site_settings = SiteSettings.read(Site.objects.get(is_default_site=True))
    return ShopIdentity(
        name=site_settings.shop_name,
        email=site_settings.contact_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        address=site_settings.address,
    )


def _listed_below(page: Page) -> QuerySet[ArticlePage]:
    """Live articles below ``page``, newest first; none that carries a restriction itself."""
    return (
        ArticlePage.objects.filter(
            live=True, view_restrictions=None, path__startswith=page.path
        )
        .select_related("cover")
        .defer("body")
        .order_by("-date", "-pk")
    )


def _tags_in_use(index: ArticleIndexPage) -> list[TagLink]:
    rows = (
        ArticlePageTag.objects.filter(
            content_object__live=True, content_object__path__startswith=index.path
        )
        .values_list("tag__name", "tag__slug")
        .annotate(count=Count("pk"))
        .order_by("-count", "tag__name")
    )
    url = index.url
    return [TagLink(name, slug, f"{url}?tag={slug}") for name, slug, _count in rows]


def _parent_url(page: ArticlePage) -> str:
    return (page.url or "").rstrip("/").rpartition("/")[0] + "/"
