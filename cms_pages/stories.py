"""One pass over the body of a page gathers what it shows; a fixed number of statements
fetches it, for 12 blocks or 60.

====================================  ==========
images of all blocks                  1
linked pages, in blocks and text      1
products of categories in grids       1
cards of all products                 4 (``catalogue.selectors.product_cards``)
categories behind calls to action     2
====================================  ==========

Each only where the body has such a thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from django.db.models import Subquery, Value
from django.utils.translation import get_language
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.models import Page

from catalogue.models import Category
from catalogue.selectors import (
    CategoryLink,
    ProductCard,
    category_links,
    category_products,
    product_cards,
)
from cms_pages.blocks import BodyBlock
from cms_pages.blocks.mentions import Mentions, mentions_of
from cms_pages.blocks.prefetching import Prefetched, prefetched_as
from cms_pages.blocks.text import Prose
from foundation.core.context import ShopContext, shop_context
from foundation.media.models import LibraryImage


@dataclass(frozen=True, slots=True)
class Story:
    """What a body shows, found. What is missing is withdrawn, hidden or unpublished."""

    cards: Mapping[int, ProductCard] = field(default_factory=dict)
    grids: Mapping[int, list[int]] = field(default_factory=dict)
    categories: Mapping[int, CategoryLink] = field(default_factory=dict)
    pages: Mapping[int, Page] = field(default_factory=dict)

    def cards_for(self, grid: StructValue) -> list[ProductCard]:
        """Cards of a product grid: of the chosen products, else of the category's newest."""
        ids = list(grid.get("product_ids") or [])
        if not ids and grid.get("category_id"):
            ids = self.grids.get(grid["category_id"], [])[: grid.get("limit") or None]
        return [self.cards[pk] for pk in ids if pk in self.cards]

    def link_url(self, link: StreamValue | None) -> str:
        """Where a ``LinkBlock`` leads; empty where its target is gone or not public."""
        if not link:
            return ""
        target = link[0]
        if target.block_type == "page":
            return (target.value.url or "") if target.value else ""
        if target.block_type == "address":
            return target.value
        found: Any = (
            self.cards if target.block_type == "product" else self.categories
        ).get(target.value)
        return found.url if found else ""


def story_read(body: StreamValue | None, *, context: ShopContext) -> Story:
    """Fetch what ``body`` shows. Afterwards no block of it asks a query. Statements: see the module."""
    mentions = mentions_of(body) if body else Mentions()
    pages = pages_fetch(mentions.pages)
    with prefetched_as(Prefetched(images=_images(mentions.images), pages=pages)):
        _settle(body)
    grids = _grids(mentions.grids)
    products = [*mentions.products, *(pk for ids in grids.values() for pk in ids)]
    cards = product_cards(products, context=context) if products else []
    categories = mentions.categories
    return Story(
        cards={card.id: card for card in cards},
        grids=grids,
        categories=category_links(categories, context=context) if categories else {},
        pages=pages,
    )


def story_of_block(block_type: str, value: StructValue) -> Story:
    """What a block shows that is drawn alone, as in the editor's choice of blocks."""
    body = BodyBlock().to_python([])
    body.append((block_type, value))
    return story_read(body, context=shop_context())


# --- What is found --------------------------------------------------------------------


def _images(ids: set[int]) -> dict[int, LibraryImage]:
    return LibraryImage.objects.in_bulk(ids) if ids else {}


def pages_fetch(ids: set[int]) -> dict[int, Page]:
    """Live pages by the id they were asked for, each in the active language where it exists."""
    if not ids:
        return {}
    asked = Page.objects.filter(pk__in=ids)
    found = list(
        Page.objects.live()
        .filter(translation_key__in=asked.order_by().values("translation_key"))
        .select_related("locale")
    )
    by_id = {page.pk: page for page in found if page.pk in ids}
    language = get_language()
    translated = {
        page.translation_key: page
        for page in found
        if page.locale.language_code == language
    }
    return {
        pk: translated.get(page.translation_key, page) for pk, page in by_id.items()
    }


def _grids(wanted: Mapping[int, int]) -> dict[int, list[int]]:
    """The newest public products of each category and those below it. One statement."""
    if not wanted:
        return {}
    parts = [
        category_products(
            # A path, read where it is compared: one statement less.
            Subquery(Category.objects.filter(pk=category).values("path"))  # type: ignore[arg-type]
        )
        .annotate(grid=Value(category))
        .order_by("-date_created", "-pk")
        .values_list("grid", "date_created", "pk")[:limit]
        for category, limit in wanted.items()
    ]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    grids: dict[int, list[int]] = {}
    for category, _created, pk in sorted(rows, reverse=True):
        grids.setdefault(category, []).append(pk)
    return grids


@singledispatch
def _settle(value: Any) -> None:
    """Turn everything below ``value`` into what templates read, and draw its rich text."""


@_settle.register
def _(value: StreamValue) -> None:
    for child in value:
        _settle(child.value)


@_settle.register
def _(value: ListValue) -> None:
    for child in value.bound_blocks:
        _settle(child.value)


@_settle.register
def _(value: StructValue) -> None:
    for child in value.values():
        _settle(child)


@_settle.register
def _(value: TypedTable) -> None:
    for row in value.rows:
        for cell in row:
            _settle(cell.value)


@_settle.register
def _(value: Prose) -> None:
    str(value)
