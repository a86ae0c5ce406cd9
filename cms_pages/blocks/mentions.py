"""What the blocks of a body mention: ids, gathered from the stored form before anything is fetched.

A block that holds ids has a method ``mention(raw, mentions)``, which notes those in ``raw``,
its own stored form. All other blocks are asked for the blocks inside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from wagtail.blocks import Block, ListBlock, StreamBlock, StreamValue, StructBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

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


def mentions_of(*streams: StreamValue) -> Mentions:
    """Ids in ``streams``, from their stored form; no query."""
    mentions = Mentions()
    for stream in streams:
        gather(stream.stream_block, list(stream.raw_data), mentions)
    return mentions


def gather(block: Block, raw: Any, mentions: Mentions) -> None:
    """Note the ids in ``raw``, the stored form of ``block``."""
    if not raw:
        return
    if hasattr(block, "mention"):
        block.mention(raw, mentions)
        return
    for child, value in children(block, raw):
        gather(child, value, mentions)


@singledispatch
def children(block: Block, raw: Any) -> Iterable[tuple[Block, Any]]:
    """The blocks inside ``block`` with what is stored for each."""
    return ()


@children.register
def _(block: StreamBlock, raw: Any) -> Iterator[tuple[Block, Any]]:
    for item in raw:
        if item["type"] in block.child_blocks:
            yield block.child_blocks[item["type"]], item["value"]


@children.register
def _(block: StructBlock, raw: Any) -> Iterator[tuple[Block, Any]]:
    for name, child in block.child_blocks.items():
        yield child, raw.get(name)


@children.register
def _(block: ListBlock, raw: Any) -> Iterator[tuple[Block, Any]]:
    for value in list_values(raw):
        yield block.child_block, value


@children.register
def _(block: TypedTableBlock, raw: Any) -> Iterator[tuple[Block, Any]]:
    kinds = [column["type"] for column in raw.get("columns", [])]
    for row in raw.get("rows", []):
        for kind, value in zip(kinds, row["values"], strict=True):
            yield block.child_blocks[kind], value


def list_values(raw: list) -> Iterator[Any]:
    """Values of a stored ``ListBlock``; each has an id beside it since Wagtail 2.16."""
    for item in raw:
        is_item = isinstance(item, dict) and item.get("type") == "item"
        yield item["value"] if is_item else item


def linked_page_ids(html: str) -> set[int]:
    """Pages that stored rich text links to."""
    anchors = [tag for tag in ANCHOR.findall(html) if 'linktype="page"' in tag]
    return {int(found[1]) for tag in anchors if (found := PAGE_ID.search(tag))}
