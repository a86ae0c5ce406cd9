"""What the demo shop says: pages, articles, menus and settings, read from `texts/` and filled with products.

The texts are plain files: `key: value` lines, `---`, then paragraphs with `**bold**` and `*italic*`, `## headings`,
`- lists` and lines that begin with `@`, each of which is one block (see `_Reader`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from .catalogue import build_catalogue
from .ranges import CLOSINGS, RANGES
from .specs import DemoCatalogue, ImageSpec, ProductSpec, SceneSpec

TEXTS = Path(__file__).parent / "texts"
PAGE_COUNT = {"tiny": 8, "default": 40, "large": 500}

Block = tuple[str, Any]


@dataclass(frozen=True)
class FormFieldSpec:
    """A field of a form page; `type` in the words of Wagtail's form builder."""

    label: str
    type: str
    required: bool = True
    choices: tuple[str, ...] = ()
    help_text: str = ""


@dataclass(frozen=True)
class PageSpec:
    """A page. `kind`: home, landing, article-index, article, standard or form; articles stand below the index, all others below home.

    `body` is a tuple of (block name, value). Targets of calls to action are "category:<slug>", "page:<slug>", "article:<slug>" or
    "product:<upc>". A scene or product picture in a value is a SceneSpec or an ImageSpec.
    """

    kind: str
    slug: str
    title: str
    intro: str
    body: tuple[Block, ...]
    cover: SceneSpec | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    days_ago: int = 0
    form_fields: tuple[FormFieldSpec, ...] = ()


@dataclass(frozen=True)
class AuthorSpec:
    """Somebody who writes in the journal."""

    name: str
    bio: str


@dataclass(frozen=True)
class SiteSpec:
    """The site's settings; menus as (label, target), targets as in `PageSpec`."""

    name: str
    tagline: str
    email: str
    phone: str
    address: str
    footer_text: str
    social: tuple[tuple[str, str], ...]
    main_menu: tuple[tuple[str, str], ...]
    footer_menu: tuple[tuple[str, str], ...]
    legal_menu: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DemoContent:
    """Everything that is said, at one size; pages with home first and the journal before its articles."""

    size: str
    site: SiteSpec
    authors: tuple[AuthorSpec, ...]
    pages: tuple[PageSpec, ...]

    def images(self) -> tuple[SceneSpec | ImageSpec, ...]:
        """Each distinct picture once: covers, then those in the bodies."""
        found: list[SceneSpec | ImageSpec] = [page.cover for page in self.pages if page.cover]
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
    AuthorSpec("Maren Holt", "Maren mixes our colours and opens the repair bench on Thursdays."),
    AuthorSpec("Tomas Reed", "Tomas tests tents, boots and the patience of those who walk with him."),
    AuthorSpec("Ines Okafor", "Ines sets tables, throws the occasional bowl and writes it all down."),
    AuthorSpec("Sofia Lindgren", "Sofia lives in forty square metres with eleven plants and one shelf."),
)

CONTACT_FIELDS = (
    FormFieldSpec("Your name", "singleline"),
    FormFieldSpec("E-mail", "email", help_text="We use it to answer, and for nothing else."),
    FormFieldSpec("What is it about?", "dropdown", choices=("An order", "A repair", "A question about a product", "Something else")),
    FormFieldSpec("Order number", "singleline", required=False),
    FormFieldSpec("Your message", "multiline"),
)


class _Shelves:
    """Hands out products by kind, in turn, so that neighbouring blocks show different ones."""

    def __init__(self, catalogue: DemoCatalogue) -> None:
        self._by_kind: dict[str, list[str]] = {}
        self._pictures: dict[str, ImageSpec] = {}
        self._products = catalogue.by_upc
        tame = [
            product
            for product in catalogue.products[:240]
            if product.is_public and not product.case and product.categories != ("workshop-samples",)
        ]
        for product in tame:
            self._by_kind.setdefault(product.images[0].kind, []).append(product.upc)
            self._pictures[product.upc] = product.images[0]
        self._all = [upc for upcs in self._by_kind.values() for upc in upcs]
        self._turn: dict[str, Iterator[int]] = {}

    def take(self, kind: str) -> str:
        """The next product of `kind`, or of any kind where this size of shop has none."""
        upcs = self._by_kind.get(kind) or self._all
        return upcs[next(self._turn.setdefault(kind, count())) % len(upcs)]

    def product(self, upc: str) -> ProductSpec:
        """The product with that number."""
        return self._products[upc]

    def grid(self, kinds: list[str]) -> list[str]:
        """One product for each word in `kinds`, none twice."""
        return list(dict.fromkeys(self.take(kind) for kind in kinds))

    def gallery(self, kinds: list[str]) -> list[ImageSpec]:
        """The first pictures of such products."""
        return [self._pictures[upc] for upc in self.grid(kinds)]


def _inline(text: str) -> str:
    """Plain text with stars as safe HTML."""
    html = escape(text, quote=False)
    html = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html)
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", html)


def _rich(paragraph: str) -> str:
    """A paragraph, list or third-level heading as HTML."""
    lines = paragraph.split("\n")
    if lines[0].startswith("- "):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    if lines[0].startswith("### "):
        rest = _inline(" ".join(lines[1:]))
        return f"<h3>{_inline(lines[0][4:])}</h3>" + (f"<p>{rest}</p>" if rest else "")
    return f"<p>{_inline(' '.join(lines))}</p>"


SCENE_ALTS = {
    "dusk-room": "A living room at dusk with an armchair, a lit floor lamp and stars in the window",
    "campsite": "A tent that glows from inside, below a starry sky and dark firs",
    "kitchen-table": "A kitchen table with kettle, mug, bowl and vase, shelves behind it",
    "forest-trail": "A trail into a fir wood with rucksack, boots and bottle beside it",
    "workshop": "A workbench by a window with an axe, a mug, a lantern and a plant",
    "coast": "A sandy bay at low sun with a small tent, a lantern and a folded throw",
    "garden": "A garden table with two chairs under a string of lights",
    "reading-corner": "A reading corner with armchair, lamp, rug and bookshelf by a window",
    "winter-cabin": "A cabin in the snow with lit windows, mountains behind it",
    "lake": "A jetty on a calm lake with boots and a rucksack left on it",
    "hallway": "A hallway with two jackets on hooks, boots, a rug and a green door",
    "pottery": "Shelves of mugs, bowls and vases above a potter's bench",
}


def _scene(words: str) -> SceneSpec:
    """`dusk-room 2` as a picture."""
    name, seed = words.split()
    return SceneSpec(name, int(seed), SCENE_ALTS[name])


class _Reader:
    """Turns the body of a text file into blocks."""

    def __init__(self, shelves: _Shelves) -> None:
        self._shelves = shelves
        self._makers: dict[str, Callable[[str, list[str]], Block]] = {
            "product": lambda head, _: ("product_card", self._shelves.take(head)), "grid": self._grid,
            "gallery": lambda head, _: ("gallery", self._shelves.gallery(head.split())), "quote": self._quote, "image": self._image,
            "side": self._side, "cta": self._cta, "faq": self._faq, "columns": self._columns,
            "table": lambda _, lines: ("table", [[cell.strip() for cell in line.split("|")] for line in lines]),
        }

    def blocks(self, text: str) -> tuple[Block, ...]:
        """The blocks of `text`; neighbouring paragraphs are one."""
        out: list[Block] = []
        for chunk in _chunks(text):
            head, *lines = chunk.split("\n")
            if head.startswith("@"):
                name, _, rest = head[1:].partition(" ")
                out.append(self._makers[name](rest.strip(), lines))
            elif head.startswith("## "):
                out.append(("heading", {"text": head[3:], "level": "h2"}))
            elif out and out[-1][0] == "rich_text":
                out[-1] = ("rich_text", out[-1][1] + _rich(chunk))
            else:
                out.append(("rich_text", _rich(chunk)))
        return tuple(out)

    def _grid(self, head: str, _: list[str]) -> Block:
        title, kinds = _split(head)
        return ("product_grid", {"title": title, "upcs": self._shelves.grid(kinds.split())})

    def _quote(self, head: str, _: list[str]) -> Block:
        text, attribution = _split(head)
        return ("quote", {"text": text, "attribution": attribution})

    def _image(self, head: str, _: list[str]) -> Block:
        picture, caption = _split(head)
        return ("image", {"image": _scene(picture), "caption": caption})

    def _side(self, head: str, _: list[str]) -> Block:
        picture, text = _split(head)
        side, picture = picture.split(" ", 1)
        return ("image_with_text", {"image": _scene(picture), "text": f"<p>{_inline(text)}</p>", "side": side})

    def _cta(self, head: str, _: list[str]) -> Block:
        title, text, label, target = (part.strip() for part in head.split("|"))
        return ("call_to_action", {"title": title, "text": text, "label": label, "target": target})

    def _faq(self, _: str, lines: list[str]) -> Block:
        pairs = zip(lines[::2], lines[1::2], strict=True)
        return ("faq", [{"question": question[2:], "answer": f"<p>{_inline(answer)}</p>"} for question, answer in pairs])

    def _columns(self, _: str, lines: list[str]) -> Block:
        return ("columns", [list(self.blocks(column)) for column in "\n".join(lines).split("\n---\n")])


def _chunks(text: str) -> list[str]:
    """Paragraphs: what stands between blank lines."""
    return [chunk.strip() for chunk in re.split(r"\n\s*\n", text) if chunk.strip()]


def _split(head: str) -> tuple[str, str]:
    """The two sides of a bar."""
    left, _, right = head.partition("|")
    return left.strip(), right.strip()


def _page(path: Path, reader: _Reader) -> PageSpec:
    """The page that `path` describes; a journal file's number is not part of its slug."""
    head, _, body = path.read_text(encoding="utf-8").partition("---\n")
    keys = dict(line.split(": ", 1) for line in head.strip().split("\n"))
    slug = re.sub(r"^\d+-", "", path.stem)
    tags = tuple(tag for tag in keys.get("tags", "").split(", ") if tag)
    kind = keys.get("kind", "article")
    return PageSpec(kind, slug, keys["title"], keys["intro"], reader.blocks(body), _scene(keys["cover"]) if "cover" in keys else None,
                    keys.get("author", ""), tags, int(keys.get("days", 400)), CONTACT_FIELDS if kind == "form" else ())


_NOTE_TITLES = ("Five minutes with {noun}: {name}", "{name}, and how it came about", "Asked and answered: {noun}, {name}", "Seen at a customer's: {name}",
                "A small defence of the {noun} {name}", "From the drawing board: {name}", "What we got wrong about {name}", "One year with {name}")
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
_NOTE_SCENES = ("pottery", "workshop", "kitchen-table", "reading-corner", "garden", "hallway", "coast", "forest-trail")


def _note(number: int, shelves: _Shelves) -> PageSpec:
    """A short article about one range, put together from written parts."""
    rng = Random(f"note/{number}")
    entry = RANGES[number * 3 % len(RANGES)]
    product = shelves.product(shelves.take(entry.kind))
    name = product.title.split()[0]
    title = _NOTE_TITLES[number % len(_NOTE_TITLES)].format(noun=entry.noun, name=name)
    start, turn = (rng.choice(texts).format(name=name) for texts in (_NOTE_STARTS, _NOTE_TURNS))
    opening = rng.choice(entry.openings).format(name=name)
    scene = _scene(f"{_NOTE_SCENES[number % len(_NOTE_SCENES)]} {1 + number % 2}")
    body: list[Block] = [
        ("rich_text", f"<p>{escape(start, quote=False)}</p><p>{escape(opening, quote=False)}</p>"),
        ("product_card", product.upc),
        ("heading", {"text": "What took so long", "level": "h2"}),
        ("rich_text", f"<p>{escape(turn, quote=False)}</p><p>{escape(' '.join(entry.uses), quote=False)}</p>"),
        ("quote", {"text": rng.choice(CLOSINGS), "attribution": "From the label"}),
        ("product_grid", {"title": "Goes with it", "upcs": shelves.grid([RANGES[(number * 3 + step) % len(RANGES)].kind for step in (1, 4, 7)])}),
    ]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + f"-{number}"
    return PageSpec("article", slug, title, product.summary, tuple(body), scene, AUTHORS[number % len(AUTHORS)].name, ("notes", entry.kind.replace("-", " ")), 20 + number * 9 % 1400)


_TINY = ("home", "journal", "how-to-light-a-long-evening", "a-weekend-with-one-bag", "light", "delivery-and-returns", "imprint", "contact")
_ORDER = ("home", "light", "camp", "table", "gifts", "about", "delivery-and-returns", "care", "sizes", "contact", "imprint", "privacy", "terms", "journal")


def _site(slugs: set[str]) -> SiteSpec:
    """The settings, with menus that name only pages which exist."""

    def menu(*entries: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple((label, target) for label, target in entries if not target.startswith("page:") or target[5:] in slugs)

    return SiteSpec(
        "Wrenholt", "Good things for in and out", "hello@example.com", "+00 000 000 000", "Wrenholt Example Ltd\n1 Sample Lane\n00000 Nowhere",
        "Wrenholt draws, makes and mends things for house, garden and hill. The shop is a demonstration: look around, fill a basket, nothing will be sent.",
        (("Mastodon", "https://social.example.com/@wrenholt"), ("Pictures", "https://pictures.example.com/wrenholt")),
        menu(("Lighting", "category:lighting"), ("Furniture", "category:furniture"), ("Kitchen", "category:kitchen"), ("Textiles", "category:textiles"),
             ("Outdoor", "category:outdoor"), ("Presents", "page:gifts"), ("Journal", "page:journal")),
        menu(("About us", "page:about"), ("Delivery & returns", "page:delivery-and-returns"), ("Care & repair", "page:care"), ("Sizes", "page:sizes"),
             ("Write to us", "page:contact")),
        menu(("Imprint", "page:imprint"), ("Privacy", "page:privacy"), ("Terms", "page:terms")),
    )


@lru_cache(maxsize=2)
def build_content(size: str) -> DemoContent:
    """All pages at `size`: "tiny" (8), "default" (40) or "large" (500). Raises KeyError for others."""
    shelves = _Shelves(build_catalogue(size))
    reader = _Reader(shelves)
    pages = [_page(TEXTS / "pages" / f"{slug}.txt", reader) for slug in _ORDER]
    pages += [_page(path, reader) for path in sorted((TEXTS / "journal").glob("*.txt"))]
    if size == "tiny":
        pages = [page for page in pages if page.slug in _TINY]
    pages += [_note(number, shelves) for number in range(1, PAGE_COUNT[size] - len(pages) + 1)]
    return DemoContent(size, _site({page.slug for page in pages}), AUTHORS, tuple(pages))
