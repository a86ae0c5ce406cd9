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

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Subquery, Value
from django.utils.translation import get_language
from wagtail.blocks import (
    Block,
    ListBlock,
    StreamBlock,
    StreamValue,
    StructBlock,
    StructValue,
)
from wagtail.blocks.list_block import ListValue
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
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
from cms_pages.blocks.choosers import (
    CategoryChooserBlock,
    LibraryImageChooserBlock,
    LinkedPageChooserBlock,
    ProductChooserBlock,
)
from cms_pages.blocks.prefetching import Prefetched, prefetched_as
from cms_pages.blocks.products import ProductGridBlock
from cms_pages.blocks.text import Prose, ProseBlock
from foundation.core.context import ShopContext, shop_context
from foundation.media.models import LibraryImage

ANCHOR = re.compile(r"<a\s[^>]*>")
PAGE_ID = re.compile(r'\bid="(\d+)"')


@dataclass(slots=True)
class Mentions:
    """Ids that a body mentions. ``grids``: category id → most products wanted of it."""

    images: set[int] = field(default_factory=set)
    pages: set[int] = field(default_factory=set)
    products: list[int] = field(default_factory=list)
    categories: set[int] = field(default_factory=set)
    grids: dict[int, int] = field(default_factory=dict)


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


def story_read(
    body: StreamValue | None, *, context: ShopContext, page_ids: Iterable[int] = ()
) -> Story:
    """Fetch what ``body`` shows, and the pages ``page_ids`` with it.

    Afterwards no block of ``body`` asks a query. Statements: see the module.
    """
    mentions = mentions_of(body) if body else Mentions()
    pages = pages_fetch({*mentions.pages, *page_ids})
    if body:
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


def story_of(context: Mapping[str, Any], block_type: str, value: StructValue) -> Story:
    """The story of the page that is being drawn.

    A block that is drawn alone, as in the editor's choice of blocks, gets a story of
    its own; ``block_type`` is its name in a body.
    """
    story = context.get("story")
    if story is not None:
        return story
    body = BodyBlock().to_python([])
    body.append((block_type, value))
    return story_read(body, context=shop_context())


# --- What is mentioned ----------------------------------------------------------------


def mentions_of(*streams: StreamValue) -> Mentions:
    """Ids in ``streams``, from their stored form; no query."""
    mentions = Mentions()
    for stream in streams:
        _gather(stream.stream_block, list(stream.raw_data), mentions)
    return mentions


def _gather(block: Block, raw: Any, mentions: Mentions) -> None:
    """Note the ids in ``raw``, the stored form of ``block``."""
    if isinstance(block, ProductGridBlock):
        _gather_grid(block, raw, mentions)
        return
    children = list(_children(block, raw))
    for child, value in children:
        if value:
            _gather(child, value, mentions)
    if not children:
        _gather_leaf(block, raw, mentions)


def _children(block: Block, raw: Any) -> Iterator[tuple[Block, Any]]:
    """The blocks inside ``block`` with what is stored for each."""
    if isinstance(block, StreamBlock):
        for item in raw:
            if item["type"] in block.child_blocks:
                yield block.child_blocks[item["type"]], item["value"]
    elif isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            yield child, raw.get(name)
    elif isinstance(block, ListBlock):
        for value in _list_values(raw):
            yield block.child_block, value
    elif isinstance(block, TypedTableBlock):
        for column, cell in _table_cells(raw):
            yield block.child_blocks[column], cell


def _gather_leaf(block: Block, raw: Any, mentions: Mentions) -> None:
    if isinstance(block, LibraryImageChooserBlock):
        mentions.images.add(raw)
    elif isinstance(block, LinkedPageChooserBlock):
        mentions.pages.add(raw)
    elif isinstance(block, ProductChooserBlock):
        mentions.products.append(raw)
    elif isinstance(block, CategoryChooserBlock):
        mentions.categories.add(raw)
    elif isinstance(block, ProseBlock):
        mentions.pages |= linked_page_ids(raw)


def _gather_grid(block: ProductGridBlock, raw: dict, mentions: Mentions) -> None:
    chosen = [pk for pk in _list_values(raw.get("product_ids") or []) if pk]
    mentions.products += chosen
    category = raw.get("category_id")
    if category and not chosen:
        limit = min(raw.get("limit") or block.MAX_LIMIT, block.MAX_LIMIT)
        mentions.grids[category] = max(limit, mentions.grids.get(category, 0))


def _list_values(raw: list) -> Iterator[Any]:
    """Values of a stored ``ListBlock``; each has an id beside it since Wagtail 2.16."""
    for item in raw:
        is_item = isinstance(item, dict) and item.get("type") == "item"
        yield item["value"] if is_item else item


def _table_cells(raw: dict) -> Iterator[tuple[str, Any]]:
    """Kind of column and value of each cell of a stored typed table."""
    kinds = [column["type"] for column in raw.get("columns", [])]
    for row in raw.get("rows", []):
        yield from zip(kinds, row["values"], strict=True)


def linked_page_ids(html: str) -> set[int]:
    """Pages that stored rich text links to."""
    anchors = [tag for tag in ANCHOR.findall(html) if 'linktype="page"' in tag]
    return {int(found[1]) for tag in anchors if (found := PAGE_ID.search(tag))}


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
        .select_related("locale", "articlepage__cover")
        .defer("articlepage__body")
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


def _settle(value: Any) -> None:
    """Turn everything below ``value`` into what templates read, and draw its rich text."""
    if isinstance(value, (StreamValue, ListValue)):
        for child in value.bound_blocks if isinstance(value, ListValue) else value:
            _settle(child.value)
    elif isinstance(value, StructValue):
        for child in value.values():
            _settle(child)
    elif isinstance(value, TypedTable):
        for row in value.rows:
            for cell in row:
                _settle(cell.value)
    elif isinstance(value, Prose):
        str(value)
