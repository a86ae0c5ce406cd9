"""Reads around pages. Frozen views, so that templates start no query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from wagtail.models import Page, Site

from catalogue.models import Product
from catalogue.selectors import category_roots
from cms_pages.models import (
    ArticleIndexPage,
    ArticlePage,
    ArticlePageTag,
    HomePage,
    SiteSettings,
)
from cms_pages.models.base import SitePage
from cms_pages.routing import lineage_of
from cms_pages.stories import Story
from foundation.core.identity import ShopIdentity
from foundation.media.models import LibraryImage

ARTICLES_PER_PAGE = 20
LATEST_ARTICLES = 3


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


def page_teasers(pages: Iterable[SitePage | None]) -> list[Teaser]:
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
        if page is not None
    ]


def article_listing(
    index: ArticleIndexPage, *, tag: str = "", page: str = "1"
) -> dict[str, Any]:
    """Articles below ``index``, newest first, those of ``tag`` only where it is in use there.

    ``articles`` is a page of teasers, ``tags`` the most used first, ``active_tag``
    one of them or ``None``. Three statements. A page number out of range gives the
    nearest page.
    """
    tags = _tags_in_use(index)
    active = next((each for each in tags if each.slug == tag), None)
    articles = _listed_below(index)
    if active:
        articles = articles.filter(tagged_items__tag__slug=active.slug)
    found = Paginator(articles, ARTICLES_PER_PAGE).get_page(page)
    teasers: Any = page_teasers(found.object_list)
    found.object_list = teasers
    return {"articles": found, "tags": tags, "active_tag": active}


def article_surroundings(article: ArticlePage, *, story: Story) -> dict[str, Any]:
    """``tags`` of ``article`` as links into its index, ``related_articles`` from ``story``."""
    lineage = lineage_of(article)
    index_url = _parent_url(article)
    related = [
        page.articlepage
        for pk in lineage.related_ids
        if (page := story.pages.get(pk)) and hasattr(page, "articlepage")
    ]
    return {
        "tags": [
            TagLink(tag.name, tag.slug, f"{index_url}?tag={tag.slug}")
            for tag in lineage.tags
        ],
        "related_articles": page_teasers(related),
    }


def home_surroundings(home: HomePage) -> dict[str, Any]:
    """What a home page shows of itself: top categories and the latest articles. Two statements."""
    latest = _listed_below(home)[:LATEST_ARTICLES]
    return {
        "featured_categories": category_roots(),
        "latest_articles": page_teasers(latest),
    }


def shop_is_empty() -> bool:
    """Whether nothing has been put up for sale yet. One statement."""
    return not Product.objects.exists()


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
