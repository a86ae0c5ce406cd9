"""What the demo shop says: pages, articles, menus and settings, read from `texts/` and filled with products.

The texts are plain files: `key: value` lines, `---`, then paragraphs with `**bold**` and `*italic*`, `## headings`,
`- lists` and lines that begin with `@`, each of which is one block (see `reading.Reader`). `$standard_price` and other
names stand for what the shop promises (see `promises.promises`).
"""

# ruff: noqa: E501 - texts stand one a line

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from random import Random
from string import Template
from typing import Any

from .catalogue import build_catalogue
from .page_specs import AuthorSpec, Block, FormFieldSpec, PageSpec, SiteSpec
from .promises import promises
from .ranges import CLOSINGS, RANGES
from .reading import Reader, Shelves, scene
from .specs import ImageSpec, SceneSpec

TEXTS = Path(__file__).parent / "texts"
LARGE_COUNT = 500
"""Pages of the large shop, most of them notes that are put together from the same parts: they are for load, not to be read."""


@dataclass(frozen=True)
class DemoContent:
    """Everything that is said, at one size; pages with home first and the journal before its articles."""

    size: str
    site: SiteSpec
    authors: tuple[AuthorSpec, ...]
    pages: tuple[PageSpec, ...]

    def images(self) -> tuple[SceneSpec | ImageSpec, ...]:
        """Each distinct picture once: covers, then those in the bodies."""
        found: list[SceneSpec | ImageSpec] = [
            page.cover for page in self.pages if page.cover
        ]
        for page in self.pages:
            found += _pictures(page.body)
        return tuple(dict.fromkeys(found))


def _pictures(value: Any) -> Iterator[SceneSpec | ImageSpec]:
    """The pictures anywhere inside the value of a block."""
    if isinstance(value, (SceneSpec, ImageSpec)):
        yield value
    elif isinstance(value, dict):
        yield from _pictures(tuple(value.values()))
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _pictures(part)


AUTHORS = (
    AuthorSpec(
        "Maren Holt", "Maren mixes our colours and opens the repair bench on Thursdays."
    ),
    AuthorSpec(
        "Tomas Reed",
        "Tomas tests tents, boots and the patience of those who walk with him.",
    ),
    AuthorSpec(
        "Ines Okafor",
        "Ines sets tables, throws the occasional bowl and writes it all down.",
    ),
    AuthorSpec(
        "Sofia Lindgren",
        "Sofia lives in forty square metres with eleven plants and one shelf.",
    ),
)

CONTACT_FIELDS = (
    FormFieldSpec("Your name", "singleline"),
    FormFieldSpec(
        "E-mail", "email", help_text="We use it to answer, and for nothing else."
    ),
    FormFieldSpec(
        "What is it about?",
        "dropdown",
        choices=(
            "An order",
            "A repair",
            "A question about a product",
            "Something else",
        ),
    ),
    FormFieldSpec("Order number", "singleline", required=False),
    FormFieldSpec("Your message", "multiline"),
)


def _page(path: Path, reader: Reader) -> PageSpec:
    """The page that `path` describes; a journal file's number is not part of its slug."""
    head, _, body = path.read_text(encoding="utf-8").partition("---\n")
    keys = dict(line.split(": ", 1) for line in head.strip().split("\n"))
    slug = re.sub(r"^\d+-", "", path.stem)
    tags = tuple(tag for tag in keys.get("tags", "").split(", ") if tag)
    kind = keys.get("kind", "article")
    return PageSpec(
        kind,
        slug,
        keys["title"],
        keys["intro"],
        reader.blocks(Template(body).substitute(promises())),
        scene(keys["cover"]) if "cover" in keys else None,
        keys.get("author", ""),
        tags,
        int(keys.get("days", 400)),
        CONTACT_FIELDS if kind == "form" else (),
    )


_NOTE_TITLES = (
    "Five minutes with {noun}: {name}",
    "{name}, and how it came about",
    "Asked and answered: {noun}, {name}",
    "Seen at a customer's: {name}",
    "A small defence of the {noun} {name}",
    "From the drawing board: {name}",
    "What we got wrong about {name}",
    "One year with {name}",
)
_NOTE_STARTS = (
    "On Friday afternoons, when the last parcels have left, we put one thing in the middle of the table and talk about nothing else. This week it was {name}.",
    "The first drawing of {name} hangs in the corridor. It is dated, signed and quite wrong, and we walk past it every day.",
    "A letter reached us with a picture in it: {name}, after years of use, in a kitchen with yellow walls. We passed it round, and then we had to sit down.",
    "There are questions that come with every second letter. Since {name} gets more of them than most, here are the answers, once and for all.",
)
_NOTE_TURNS = (
    "It's harder to leave something off than to add it, and takes longer. Of the seven trials that stand on the window-sill, each is plainer than the last.",
    "The workshop's view was that it would never hold. The workshop made it anyway, sat down on it, and has been of another view since.",
    "What nobody sees took the most time: the inside, the underside, the seam. But hands notice, even if they don't report it.",
    "We asked twelve people to use it for a month and to complain. Eleven did, about eleven different things; the twelfth would not give it back.",
)
_NOTE_SCENES = (
    "pottery",
    "workshop",
    "kitchen-table",
    "reading-corner",
    "garden",
    "hallway",
    "coast",
    "forest-trail",
)


def _note(number: int, shelves: Shelves) -> PageSpec:
    """A short article about one range, put together from written parts."""
    rng = Random(f"note/{number}")
    entry = RANGES[number * 3 % len(RANGES)]
    product = shelves.product(shelves.take(entry.kind))
    name = product.title.split()[0]
    title = _NOTE_TITLES[number % len(_NOTE_TITLES)].format(noun=entry.noun, name=name)
    start, turn = (
        rng.choice(texts).format(name=name) for texts in (_NOTE_STARTS, _NOTE_TURNS)
    )
    opening = rng.choice(entry.openings).format(name=name)
    cover = scene(f"{_NOTE_SCENES[number % len(_NOTE_SCENES)]} {1 + number % 2}")
    body: list[Block] = [
        (
            "rich_text",
            f"<p>{escape(start, quote=False)}</p><p>{escape(opening, quote=False)}</p>",
        ),
        ("product_card", product.upc),
        ("heading", {"text": "What took so long", "level": "h2"}),
        (
            "rich_text",
            f"<p>{escape(turn, quote=False)}</p><p>{escape(' '.join(entry.uses), quote=False)}</p>",
        ),
        ("quote", {"text": rng.choice(CLOSINGS), "attribution": "From the label"}),
        (
            "product_grid",
            {
                "title": "Goes with it",
                "upcs": shelves.grid(
                    [
                        RANGES[(number * 3 + step) % len(RANGES)].kind
                        for step in (1, 4, 7)
                    ]
                ),
            },
        ),
    ]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + f"-{number}"
    return PageSpec(
        "article",
        slug,
        title,
        product.summary,
        tuple(body),
        cover,
        AUTHORS[number % len(AUTHORS)].name,
        ("notes", entry.kind.replace("-", " ")),
        20 + number * 9 % 1400,
    )


_TINY = (
    "home",
    "journal",
    "how-to-light-a-long-evening",
    "a-weekend-with-one-bag",
    "light",
    "delivery-and-returns",
    "imprint",
    "contact",
)
_ORDER = (
    "home",
    "light",
    "camp",
    "table",
    "gifts",
    "about",
    "delivery-and-returns",
    "care",
    "sizes",
    "contact",
    "imprint",
    "privacy",
    "terms",
    "journal",
)


def _site(slugs: set[str]) -> SiteSpec:
    """The settings, with menus that name only pages which exist."""

    def menu(*entries: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (label, target)
            for label, target in entries
            if not target.startswith("page:") or target[5:] in slugs
        )

    return SiteSpec(
        "Wrenholt",
        "Good things for in and out",
        "hello@example.com",
        "+00 000 000 000",
        "Wrenholt Example Ltd\n1 Sample Lane\n00000 Nowhere",
        "Wrenholt draws, makes and mends things for house, garden and hill. The shop is a demonstration: look around, fill a basket, nothing will be sent.",
        (
            ("Mastodon", "https://social.example.com/@wrenholt"),
            ("Pictures", "https://pictures.example.com/wrenholt"),
        ),
        menu(
            ("Lighting", "category:lighting"),
            ("Furniture", "category:furniture"),
            ("Kitchen", "category:kitchen"),
            ("Textiles", "category:textiles"),
            ("Outdoor", "category:outdoor"),
            ("Presents", "page:gifts"),
            ("Journal", "page:journal"),
        ),
        menu(
            ("About us", "page:about"),
            ("Delivery & returns", "page:delivery-and-returns"),
            ("Care & repair", "page:care"),
            ("Sizes", "page:sizes"),
            ("Write to us", "page:contact"),
        ),
        menu(
            ("Imprint", "page:imprint"),
            ("Privacy", "page:privacy"),
            ("Terms", "page:terms"),
        ),
    )


@lru_cache(maxsize=3)
def build_content(size: str) -> DemoContent:
    """All pages at `size`: "tiny" (8), "default" (28) or "large" (500). Raises KeyError for others."""
    shelves = Shelves(build_catalogue(size))
    reader = Reader(shelves)
    pages = [_page(TEXTS / "pages" / f"{slug}.txt", reader) for slug in _ORDER]
    pages += [_page(path, reader) for path in sorted((TEXTS / "journal").glob("*.txt"))]
    if size == "tiny":
        pages = [page for page in pages if page.slug in _TINY]
    if size == "large":
        pages += [
            _note(number, shelves) for number in range(1, LARGE_COUNT - len(pages) + 1)
        ]
    return DemoContent(
        size, _site({page.slug for page in pages}), AUTHORS, tuple(pages)
    )
