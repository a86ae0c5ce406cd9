"""Backgrounds for pictures of one product in use: a table, a floor, a wall, a ceiling, a meadow."""

from dataclasses import dataclass
from random import Random

from PIL import Image

from .canvas import Canvas
from .kinds import KINDS
from .landscape import (
    boards,
    cupboard,
    grass,
    grove,
    picture_frame,
    rect,
    ridge,
    sky,
    sunbeam,
    tabletop,
    wall,
    window,
)
from .palette import COLOURWAYS, RGB, WOODS, tone

SMALL = ("mug", "bowl", "vase", "candle", "kettle")
ROOM = ("planter", "floor-lamp", "armchair", "chair")
CAMP = ("backpack", "lantern", "bottle", "boots")


@dataclass(frozen=True)
class Spot:
    """A place for a companion: fractions of the picture's sides, and how large one metre is there."""

    x: float
    y: float
    kinds: tuple[str, ...]
    metre: float

    def height(self, kind: str) -> float:
        """The height of `kind` here, as a fraction of the picture."""
        return KINDS[kind].height * self.metre


def room(
    c: Canvas,
    rng: Random,
    colour: RGB,
    *,
    floor: float = 720,
    wood: RGB = WOODS[0],
    panelled: bool = False,
) -> None:
    """Wall and floor of a room as wide as the canvas."""
    w, h = c.box[2], c.box[3]
    wall(c, (0, 0, w, floor), colour, panelled=panelled)
    boards(c, (0, floor, w, h - floor), wood)


def setting(
    place: str, rng: Random, size: tuple[int, int]
) -> tuple[Image.Image, list[Spot]]:
    """A square background for a product of that `place`, with spots for companions behind it."""
    c = Canvas(size[0])
    paint = COLOURWAYS[rng.choice(("sage", "oat", "blush", "fog", "sand"))]
    if place == "outdoor":
        sky(c, (0, 0, 1000, 640), (150, 190, 206), (246, 228, 200), rng=rng)
        c.oval(rng.uniform(200, 800), 260, 54, 54, (255, 244, 214))
        ridge(
            c,
            rng,
            (0, 0, 1000, 700),
            crest=470,
            swing=110,
            colour=(150, 172, 178),
            far=(190, 200, 192),
            jagged=True,
        )
        ridge(
            c,
            rng,
            (0, 0, 1000, 760),
            crest=560,
            swing=60,
            colour=(116, 146, 128),
            far=(150, 166, 132),
        )
        grove(
            c,
            rng,
            (0, 0, 1000, 0),
            ground=640,
            height=190,
            colour=(64, 98, 84),
            count=15,
        )
        c.poly(rect(0, 620, 1000, 380), ((150, 158, 102), (112, 126, 76)))
        grass(c, rng, (0, 650, 1000, 350), (122, 136, 82))
        return c.finish().convert("RGB"), [Spot(0.82, 0.86, CAMP, 0.5)]
    if place == "table":
        wall(c, (0, 0, 1000, 760), paint)
        window(c, rng, (560, 90, 300, 400))
        sunbeam(c, [(60, 200), (260, 160), (330, 560), (130, 620)])
        tabletop(c, (0, 720, 1000, 280), rng.choice(WOODS))
        return c.finish().convert("RGB"), [Spot(0.84, 0.8, SMALL, 1.15)]
    if place == "ceiling":
        wall(c, (0, 0, 1000, 1000), paint)
        tabletop(c, (0, 860, 1000, 140), rng.choice(WOODS))
        return c.finish().convert("RGB"), [
            Spot(0.24, 0.92, SMALL, 0.9),
            Spot(0.74, 0.92, SMALL, 0.9),
        ]
    wall(c, (0, 0, 1000, 910), paint, panelled=place == "floor")
    if place == "wall":
        boards(c, (0, 900, 1000, 100), WOODS[0])
        cupboard(c, (180, 690, 640, 250), tone(paint, -0.35))
        sunbeam(c, [(640, 60), (860, 100), (760, 520), (540, 480)])
        return c.finish().convert("RGB"), [
            Spot(0.28, 0.695, SMALL, 0.62),
            Spot(0.74, 0.695, ("table-lamp", "vase"), 0.62),
        ]
    boards(c, (0, 740, 1000, 260), rng.choice(WOODS))
    picture_frame(
        c,
        rng,
        (690, 130, 190, 240),
        rng.choice((COLOURWAYS["clay"], COLOURWAYS["tide"], COLOURWAYS["pine"])),
    )
    sunbeam(c, [(80, 90), (330, 60), (380, 500), (120, 560)])
    return c.finish().convert("RGB"), [Spot(0.86, 0.84, ROOM, 0.5)]
