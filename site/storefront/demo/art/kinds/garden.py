"""Planters with what grows in them."""

import math
from random import Random

from ..canvas import Canvas, Point, ellipse, smooth
from ..palette import BRASS, GREENS, RGB, WOODS, tone
from .registry import GROUND, kind
from .tableware import speckle, sprig


def blade(
    c: Canvas, root: Point, tip: Point, width: float, green: RGB, *, bend: float = 0
) -> None:
    """A long leaf with a lit half and a midrib."""
    mid = ((root[0] + tip[0]) / 2 + bend, (root[1] + tip[1]) / 2)
    left = smooth([root, (mid[0] - width, mid[1]), tip])
    right = smooth([root, (mid[0] + width, mid[1]), tip])
    centre = smooth([root, mid, tip])
    c.poly(left + centre[::-1], tone(green, 0.14))
    c.poly(right + centre[::-1], tone(green, -0.14))
    c.line(centre, 2.5, tone(green, 0.3))


@kind(
    "planter",
    height=0.7,
    place="floor",
    colours="clay chalk ink sage fog",
    focus=(500, 720),
)
def planter(c: Canvas, rng: Random, colour: RGB) -> None:  # noqa: C901, PLR0912 - a branch a plant
    plant = rng.choice(("snake", "monstera", "fern", "olive", "palm"))
    green = rng.choice(GREENS)
    top, r = rng.uniform(610, 650), rng.uniform(150, 180)
    root = top + 10
    if plant == "snake":
        for i in range(9):
            x = 500.0 + (i - 4) * 26
            blade(
                c,
                (500 + (i - 4) * 14, root),
                (x + (i - 4) * 14, rng.uniform(150, 380)),
                26,
                tone(green, rng.uniform(-0.15, 0.1)),
                bend=(i - 4) * 3,
            )
    elif plant == "palm":
        for i in range(9):
            a = math.radians(-168 + i * 19.5)
            tip = (500 + 320 * math.cos(a), root - 120 + 380 * math.sin(a))
            sprig(
                c,
                rng,
                (500, root),
                tip,
                tone(green, rng.uniform(-0.12, 0.12)),
                leaf=92,
                pairs=11,
            )
    elif plant == "fern":
        for i in range(13):
            a = math.radians(-172 + i * 13.6)
            tip = (500 + 290 * math.cos(a), root - 60 + 330 * math.sin(a))
            sprig(
                c,
                rng,
                (500, root),
                tip,
                tone(green, rng.uniform(-0.15, 0.15)),
                leaf=42,
                pairs=14,
            )
    elif plant == "olive":
        c.rod(smooth([(500, root), (490, 470), (506, 330)]), 20, WOODS[2])
        for i in range(13):
            a = math.radians(-200 + i * 18.5)
            start = (500 + 40 * math.cos(a), 340 + 30 * math.sin(a))
            sprig(
                c,
                rng,
                start,
                (
                    500 + rng.uniform(150, 230) * math.cos(a),
                    290 + rng.uniform(150, 210) * math.sin(a),
                ),
                tone(GREENS[3], rng.uniform(-0.1, 0.15)),
                leaf=40,
                pairs=7,
            )
    else:
        for angle, reach, size in (
            (-150, 230, 104),
            (-32, 240, 110),
            (-118, 330, 118),
            (-62, 340, 122),
            (-90, 220, 126),
        ):
            a = math.radians(angle + rng.uniform(-6, 6))
            x, y = 500 + reach * math.cos(a), root - 60 + reach * math.sin(a)
            c.line(
                smooth(
                    [(500, root), ((500 + x) / 2 + 10, (root + y) / 2 - 20), (x, y)]
                ),
                8,
                tone(green, -0.3),
            )
            hue = tone(green, rng.uniform(-0.12, 0.12))
            heart = [
                (0, 0.35),
                (0.55, 0.55),
                (0.95, 0.1),
                (0.8, -0.5),
                (0.3, -0.85),
                (0, -1.1),
                (-0.3, -0.85),
                (-0.8, -0.5),
                (-0.95, 0.1),
                (-0.55, 0.55),
            ]
            turn = a + math.pi / 2
            outline = smooth(
                [
                    (
                        x + size * (p * math.cos(turn) - q * math.sin(turn)),
                        y + size * (p * math.sin(turn) + q * math.cos(turn)),
                    )
                    for p, q in heart
                ],
                closed=True,
                steps=6,
            )
            c.poly(outline, (tone(hue, 0.16), tone(hue, -0.18), "d"))
            for p in (-0.55, -0.15, 0.25):
                for side in (-1, 1):
                    ends = [(0, p + 0.15), (side * 0.75, p - 0.2)]
                    c.lines(
                        outline,
                        [
                            [
                                (
                                    x
                                    + size * (u * math.cos(turn) - v * math.sin(turn)),
                                    y
                                    + size * (u * math.sin(turn) + v * math.cos(turn)),
                                )
                                for u, v in ends
                            ]
                        ],
                        4,
                        tone(hue, 0.35),
                        0.7,
                    )
    style = rng.choice(("tapered", "round", "footed"))
    if style == "footed":
        for side in (-1, 1):
            c.leg(
                (500 + side * r * 0.66, 740),
                (500 + side * r * 0.86, GROUND - 2),
                20,
                14,
                WOODS[1],
            )
        c.lathe(
            500,
            [(top, r), (top + 20, r), (790, r * 0.96), (816, r * 0.8)],
            colour,
            gloss=0.15,
        )
    elif style == "round":
        c.lathe(
            500,
            [
                (top, r * 0.86),
                (700, r * 1.06),
                (790, r * 1.02),
                (GROUND - 14, r * 0.66),
            ],
            colour,
            gloss=0.2,
        )
        r *= 0.86
    else:
        c.lathe(
            500,
            [(top + 40, r * 0.94), (GROUND - 14, r * 0.7)],
            colour,
            curved=False,
            gloss=0.1,
        )
        c.lathe(500, [(top, r), (top + 52, r * 0.98)], colour, curved=False, gloss=0.1)
    rim = ellipse(500, top, r, r * 0.1, start=0, end=180)
    c.line(rim, 7, tone(colour, 0.25))
    speckle(c, rng, 500, top + 40, GROUND - 40, r * 0.7, colour)
    if style == "tapered" and rng.random() < 0.4:
        c.lathe(
            500, [(GROUND - 28, r * 0.84), (GROUND - 10, r * 0.86)], BRASS, curved=False
        )
