"""From a text file to blocks."""

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import count

from .catalogue import SAMPLES
from .page_specs import Block
from .specs import DemoCatalogue, ImageSpec, ProductSpec, SceneSpec


class Shelves:
    """Hands out products by kind, in turn, so that neighbouring blocks show different ones."""

    def __init__(self, catalogue: DemoCatalogue) -> None:
        self._by_kind: dict[str, list[str]] = {}
        self._pictures: dict[str, ImageSpec] = {}
        self._products = catalogue.by_upc
        tame = [
            product
            for product in catalogue.products[:240]
            if product.is_public
            and not product.case
            and product.categories != (SAMPLES,)
        ]
        for product in tame:
            self._by_kind.setdefault(product.kind, []).append(product.upc)
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
        return (
            "<ul>"
            + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines)
            + "</ul>"
        )
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


def scene(words: str) -> SceneSpec:
    """`dusk-room 2` as a picture."""
    name, seed = words.split()
    return SceneSpec(name, int(seed), SCENE_ALTS[name])


class Reader:
    """Turns the body of a text file into blocks."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._makers: dict[str, Callable[[str, list[str]], Block]] = {
            "product": lambda head, _: ("product_card", self._shelves.take(head)),
            "grid": self._grid,
            "gallery": lambda head, _: ("gallery", self._shelves.gallery(head.split())),
            "quote": self._quote,
            "image": self._image,
            "side": self._side,
            "cta": self._cta,
            "faq": self._faq,
            "columns": self._columns,
            "table": lambda _, lines: (
                "table",
                [[cell.strip() for cell in line.split("|")] for line in lines],
            ),
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
        return (
            "product_grid",
            {"title": title, "upcs": self._shelves.grid(kinds.split())},
        )

    def _quote(self, head: str, _: list[str]) -> Block:
        text, attribution = _split(head)
        return ("quote", {"text": text, "attribution": attribution})

    def _image(self, head: str, _: list[str]) -> Block:
        picture, caption = _split(head)
        return ("image", {"image": scene(picture), "caption": caption})

    def _side(self, head: str, _: list[str]) -> Block:
        picture, text = _split(head)
        side, picture = picture.split(" ", 1)
        return (
            "image_with_text",
            {"image": scene(picture), "text": f"<p>{_inline(text)}</p>", "side": side},
        )

    def _cta(self, head: str, _: list[str]) -> Block:
        title, text, label, target = (part.strip() for part in head.split("|"))
        return (
            "call_to_action",
            {"title": title, "text": text, "label": label, "target": target},
        )

    def _faq(self, _: str, lines: list[str]) -> Block:
        pairs = zip(lines[::2], lines[1::2], strict=True)
        return (
            "faq",
            [
                {"question": question[2:], "answer": f"<p>{_inline(answer)}</p>"}
                for question, answer in pairs
            ],
        )

    def _columns(self, _: str, lines: list[str]) -> Block:
        return (
            "columns",
            [list(self.blocks(column)) for column in "\n".join(lines).split("\n---\n")],
        )


def _chunks(text: str) -> list[str]:
    """Paragraphs: what stands between blank lines."""
    return [chunk.strip() for chunk in re.split(r"\n\s*\n", text) if chunk.strip()]


def _split(head: str) -> tuple[str, str]:
    """The two sides of a bar."""
    left, _, right = head.partition("|")
    return left.strip(), right.strip()
