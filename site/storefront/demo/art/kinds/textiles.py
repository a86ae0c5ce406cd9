"""Throws, cushions, rugs and the hammock: what is woven."""

import math
from collections.abc import Callable
from random import Random

from ..canvas import Canvas, Point, Points, ellipse, lerp, rounded, smooth
from ..palette import COLOURWAYS, PAPER, RGB, WOODS, is_dark, mix, tone
from .registry import GROUND, kind

Weave = Callable[[float, float], Point]


def partner(rng: Random, colour: RGB) -> RGB:
    """A second yarn that goes with `colour`."""
    names = (
        ("oat", "chalk", "sand")
        if is_dark(colour)
        else ("rust", "ink", "pine", "ochre", "chalk", "clay")
    )
    other = COLOURWAYS[rng.choice(names)]
    return other if other != colour else PAPER


def woven(  # noqa: C901, PLR0912 - a branch a motif
    c: Canvas,
    area: Points,
    weave: Weave,
    rng: Random,
    colour: RGB,
    *,
    motif: str | None = None,
) -> None:
    """A woven motif on a surface that `weave` maps from the unit square."""
    second = partner(rng, colour)
    motif = motif or rng.choice(
        ("stripe", "check", "diamond", "border", "arc", "plain", "dash")
    )

    def patch(corners: Points, hue: RGB, alpha: float = 0.9) -> None:
        c.tint([weave(u, v) for u, v in corners], hue, alpha)

    if motif == "stripe":
        v = 0.08
        while v < 0.95:
            h = rng.choice((0.015, 0.03, 0.06))
            patch(
                [(0, v), (0.5, v), (1, v), (1, v + h), (0.5, v + h), (0, v + h)], second
            )
            v += h + rng.choice((0.04, 0.09, 0.13))
    elif motif == "check":
        for i in range(5):
            patch(
                [
                    (i / 5 + 0.04, 0),
                    (i / 5 + 0.13, 0),
                    (i / 5 + 0.13, 0.5),
                    (i / 5 + 0.13, 1),
                    (i / 5 + 0.04, 1),
                    (i / 5 + 0.04, 0.5),
                ],
                second,
                0.5,
            )
            patch(
                [
                    (0, i / 5 + 0.04),
                    (0.5, i / 5 + 0.04),
                    (1, i / 5 + 0.04),
                    (1, i / 5 + 0.13),
                    (0.5, i / 5 + 0.13),
                    (0, i / 5 + 0.13),
                ],
                second,
                0.5,
            )
    elif motif == "diamond":
        for i in range(5):
            for j in range(4):
                u, v = (i + 0.5) / 5, (j + 0.5) / 4
                for size, hue in ((1.0, second), (0.55, colour), (0.28, second)):
                    patch(
                        [
                            (u - 0.085 * size, v),
                            (u, v - 0.105 * size),
                            (u + 0.085 * size, v),
                            (u, v + 0.105 * size),
                        ],
                        hue,
                    )
    elif motif == "border":
        for inset, width in ((0.06, 0.035), (0.13, 0.012)):
            a, b = inset, 1 - inset
            for x1, y1, x2, y2 in (
                (a, a, b, a + width),
                (a, b - width, b, b),
                (a, a, a + width, b),
                (b - width, a, b, b),
            ):
                patch([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], second)
    elif motif == "arc":
        for radius in (0.44, 0.33, 0.22, 0.11):
            hue = second if round(radius * 100) in (44, 22) else colour
            patch(
                [
                    (0.5 + radius * math.cos(a), 0.82 - radius * 1.25 * math.sin(a))
                    for a in [math.pi * i / 20 for i in range(21)]
                ],
                hue,
                1,
            )
    elif motif == "dash":
        for i in range(7):
            for j in range(9):
                u, v = (i + 0.3 + 0.35 * (j % 2)) / 7.4, (j + 0.6) / 9.4
                patch(
                    [(u, v), (u + 0.06, v), (u + 0.06, v + 0.016), (u, v + 0.016)],
                    second,
                )
    threads = tone(colour, 0.4) if is_dark(colour) else tone(colour, -0.4)
    c.lines(
        area,
        [
            [weave(0, i / 46), weave(0.5, i / 46), weave(1, i / 46)]
            for i in range(1, 46)
        ],
        1.2,
        threads,
        0.13,
    )


def fringe(
    c: Canvas,
    a: Point,
    b: Point,
    length: float,
    colour: RGB,
    rng: Random,
    *,
    count: int = 40,
) -> None:
    """Knotted ends hanging along the edge from `a` to `b`."""
    for i in range(count + 1):
        x, y = lerp(a, b, i / count)
        c.line(
            [(x, y), (x + rng.uniform(-4, 4), y + length * rng.uniform(0.85, 1.1))],
            4.5,
            tone(colour, rng.uniform(-0.15, 0.12)),
        )


@kind(
    "throw",
    height=0.5,
    place="table",
    colours="oat rust tide moss blush heather",
    focus=(420, 600),
)
def throw(c: Canvas, rng: Random, colour: RGB) -> None:
    motif = rng.choice(("stripe", "check", "plain", "dash", "diamond"))
    layers = 4
    left, right, h = 200, 800, 92
    top = GROUND - layers * h - 6
    second = partner(rng, colour)
    for i in reversed(range(layers)):
        y = top + i * h
        fold = rounded(left + (i % 2) * 6, y, right - left - (i % 3) * 8, h + 6, 46)
        c.poly(fold, (tone(colour, 0.1 - i * 0.03), tone(colour, -0.26 - i * 0.02)))
        if motif in ("stripe", "check"):
            for x, w in ((270, 40), (330, 12), (640, 12), (670, 46)):
                c.tint(
                    [(x, y), (x + w, y), (x + w, y + h + 6), (x, y + h + 6)],
                    second,
                    0.75,
                )
        c.lines(
            fold,
            [[(left, y + 12 + j * 11), (right, y + 12 + j * 11)] for j in range(9)],
            1.2,
            tone(colour, -0.5),
            0.16,
        )
        c.tint(
            [
                (left, y + h - 12),
                (right, y + h - 12),
                (right, y + h + 8),
                (left, y + h + 8),
            ],
            tone(colour, -0.8),
            0.3,
            blur=7,
        )
    flap = smooth(
        [
            (left + 14, top + 8),
            (240, top - 26),
            (500, top - 34),
            (760, top - 26),
            (right - 12, top + 10),
            (right - 30, top + 46),
            (500, top + 54),
            (left + 26, top + 46),
        ],
        closed=True,
    )
    c.poly(flap, (tone(colour, 0.26), tone(colour, 0.02)))
    drape_bottom = top + 250
    drape = [(330, top - 30), (640, top - 30), (652, drape_bottom), (318, drape_bottom)]

    def weave(u: float, v: float) -> Point:
        return lerp(lerp(drape[0], drape[1], u), lerp(drape[3], drape[2], u), v)

    c.tint([(x + 22, y + 16) for x, y in drape], tone(colour, -0.8), 0.4, blur=14)
    c.poly(drape, (tone(colour, 0.2), tone(colour, -0.06), "h"))
    woven(c, drape, weave, rng, colour, motif=motif)
    for u in (0.22, 0.55, 0.8):
        c.tint(
            [
                weave(u, 0.1),
                weave(u + 0.09, 0.1),
                weave(u + 0.07, 1),
                weave(u + 0.01, 1),
            ],
            tone(colour, -0.7),
            0.22,
            blur=9,
        )
    fringe(c, drape[3], drape[2], 44, colour, rng, count=26)


@kind(
    "cushion",
    height=0.5,
    place="table",
    colours="clay moss tide ochre blush ink oat plum sage rust fog heather",
    focus=(420, 480),
)
def cushion(c: Canvas, rng: Random, colour: RGB) -> None:
    wide = rng.choice((330, 330, 390))
    tall = 330 if wide == 330 else 235
    cy = GROUND - tall - 2
    n = 0.9
    edge = [
        (-1, -1),
        (-0.5, -0.93),
        (0, -n),
        (0.5, -0.93),
        (1, -1),
        (0.95, -0.5),
        (0.92, 0),
        (0.95, 0.5),
        (1, 1),
        (0.5, 0.95),
        (0, 0.92),
        (-0.5, 0.95),
        (-1, 1),
        (-0.95, 0.5),
        (-0.92, 0),
        (-0.95, -0.5),
    ]
    outline = smooth(
        [(500 + x * wide, cy + y * tall) for x, y in edge], closed=True, steps=6
    )
    if rng.random() < 0.35:
        for i in range(0, len(outline), 2):
            x, y = outline[i]
            d = math.hypot(x - 500, y - cy)
            c.line(
                [(x, y), (x + (x - 500) / d * 24, y + (y - cy) / d * 24)],
                7,
                tone(colour, -0.15 + 0.1 * (i % 4)),
            )
    c.poly(outline, (tone(colour, 0.16), tone(colour, -0.24), "d"))

    def weave(u: float, v: float) -> Point:
        x, y = u * 2 - 1, v * 2 - 1
        bulge = 1 - 0.07 * (1 - x * x) * abs(y) - 0.07 * (1 - y * y) * abs(x)
        return (500 + x * wide * bulge, cy + y * tall * bulge)

    woven(c, outline, weave, rng, colour)
    c.tint(
        ellipse(430, cy - tall * 0.3, wide * 0.42, tall * 0.36),
        (255, 250, 238),
        0.2,
        blur=60,
    )
    c.tint(
        ellipse(640, cy + tall * 0.86, wide * 0.9, tall * 0.22),
        tone(colour, -0.9),
        0.4,
        blur=40,
    )
    for x, y, dx, dy in (
        (-1, -1, 0.32, 0.26),
        (1, -1, -0.3, 0.28),
        (1, 1, -0.34, -0.22),
        (-1, 1, 0.3, -0.26),
    ):
        a = (500 + x * wide * 0.97, cy + y * tall * 0.97)
        b = (a[0] + dx * wide, a[1] + dy * tall)
        c.tint(
            smooth(
                [
                    a,
                    (lerp(a, b, 0.5)[0] + 14, lerp(a, b, 0.5)[1]),
                    b,
                    (lerp(a, b, 0.5)[0] - 10, lerp(a, b, 0.5)[1] + 6),
                ],
                closed=True,
            ),
            tone(colour, -0.8),
            0.26,
            blur=7,
        )
    c.line(outline + outline[:1], 4, tone(colour, -0.2))


@kind(
    "rug",
    height=0.9,
    place="floor",
    colours="oat rust ink sage clay chalk",
    focus=(420, 640),
)
def rug(c: Canvas, rng: Random, colour: RGB) -> None:
    round_rug = rng.random() < 0.25
    far, near = 470, GROUND - 36

    def weave(u: float, v: float) -> Point:
        t = v / (v + (1 - v) * 1.42)
        half = 300 + 170 * t
        return (500 + (u * 2 - 1) * half, far + (near - far) * t)

    if round_rug:
        area = [
            weave(0.5 + 0.5 * math.cos(a), 0.5 + 0.5 * math.sin(a))
            for a in [math.tau * i / 60 for i in range(60)]
        ]
    else:
        area = [weave(0, 0), weave(1, 0), weave(1, 1), weave(0, 1)]
        fringe(c, weave(0, 1), weave(1, 1), 30, mix(colour, PAPER, 0.6), rng, count=70)
        fringe(
            c, weave(0, 0), weave(1, 0), -14, mix(colour, PAPER, 0.55), rng, count=70
        )
    c.poly([(x, y + 13) for x, y in area], tone(colour, -0.5))
    c.poly(area, (tone(colour, 0.02), tone(colour, 0.16)))
    if round_rug:
        second = partner(rng, colour)
        for radius in (0.44, 0.36, 0.28, 0.2, 0.1):
            hue = second if round(radius * 100) in (44, 28, 10) else colour
            c.tint(
                [
                    weave(0.5 + radius * math.cos(a), 0.5 + radius * math.sin(a))
                    for a in [math.tau * i / 50 for i in range(50)]
                ],
                hue,
                0.85,
            )
        woven(c, area, weave, rng, colour, motif="plain")
    else:
        woven(
            c,
            area,
            weave,
            rng,
            colour,
            motif=rng.choice(("stripe", "diamond", "border", "check", "dash", "arc")),
        )
    c.tint(
        [weave(0.55, 0), weave(1, 0), weave(1, 1), weave(0.75, 1)],
        tone(colour, -0.8),
        0.16,
        blur=50,
    )


@kind(
    "hammock",
    height=1.5,
    place="outdoor",
    colours="oat rust tide moss ochre",
    focus=(500, 600),
)
def hammock(c: Canvas, rng: Random, colour: RGB) -> None:
    wood = rng.choice(WOODS)
    for x, lean in ((110.0, -22), (890.0, 22)):
        c.leg((x + lean, 200), (x, GROUND), 38, 46, wood)
        for y in (300.0, 318.0):
            c.line([(x - 26 + lean * 0.8, y), (x + 26 + lean * 0.8, y)], 9, PAPER)
    c.rod([(150, GROUND - 12), (850, GROUND - 12)], 24, tone(wood, -0.15))
    back = smooth(
        [(230, 430), (360, 560), (500, 600), (640, 560), (770, 430)], steps=12
    )
    front = smooth(
        [(230, 440), (340, 650), (500, 742), (660, 650), (770, 440)], steps=12
    )
    for end, knot in (((230, 434), (96, 308)), ((770, 434), (904, 308))):
        for d in (-9, 0, 9):
            c.line([knot, (end[0], end[1] + d)], 4, PAPER)
    area = back + front[::-1]
    c.poly(area, (tone(colour, -0.1), tone(colour, 0.12)))

    def weave(u: float, v: float) -> Point:
        i = min(int(u * (len(back) - 1)), len(back) - 1)
        return lerp(back[i], front[i], v)

    second = partner(rng, colour)
    for v, w in ((0.08, 0.1), (0.3, 0.05), (0.45, 0.14), (0.7, 0.05), (0.84, 0.1)):
        steps = [i / 24 for i in range(25)]
        c.tint(
            [weave(u, v) for u in steps] + [weave(u, v + w) for u in reversed(steps)],
            second,
            0.85,
        )
    c.tint(
        back + [(x, y + 46) for x, y in back[::-1]], tone(colour, -0.8), 0.35, blur=16
    )
    c.line(front, 9, tone(colour, 0.25))
    for x, y in front[6:-6:2]:
        c.line(
            [(x, y), (x + rng.uniform(-3, 3), y + 34 + rng.uniform(-4, 8))],
            5,
            mix(colour, PAPER, 0.5),
        )
