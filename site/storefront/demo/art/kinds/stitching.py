"""Seams and labels, as on everything made for outdoors."""

import math
from itertools import pairwise

from ..canvas import Canvas, Points, rounded
from ..palette import (
    BLACK,
    PAPER,
    RGB,
    is_dark,
    tone,
)


def stitches(c: Canvas, points: Points, colour: RGB, *, width: float = 2.6) -> None:
    """A dashed seam."""
    thread = tone(colour, 0.45) if is_dark(colour) else tone(colour, -0.35)
    for a, b in zip(points[::2], points[1::2], strict=False):
        c.line([a, b], width, thread)


def dense(points: Points, every: float = 9) -> list[tuple[float, float]]:
    """`points` with more points put between, about `every` units apart."""
    out = []
    for a, b in pairwise(points):
        count = max(1, int(math.dist(a, b) / every))
        out += [
            (a[0] + (b[0] - a[0]) * i / count, a[1] + (b[1] - a[1]) * i / count)
            for i in range(count)
        ]
    return [*out, points[-1]]


def patch(c: Canvas, x: float, y: float, hue: RGB) -> None:
    """The small woven label on everything the shop makes for outdoors."""
    c.poly(rounded(x - 32, y - 18, 64, 36, 5), hue)
    ink = PAPER if is_dark(hue) else BLACK
    c.line(
        [
            (x - 18, y + 8),
            (x - 6, y - 8),
            (x + 1, y + 1),
            (x + 8, y - 7),
            (x + 18, y + 8),
        ],
        3.4,
        ink,
    )
