"""Chairs, tables, shelves and clocks."""

import math
from random import Random

from ..canvas import Canvas, Points, ellipse, lerp, rounded, smooth
from ..palette import BLACK, BRASS, COLOURWAYS, PAPER, RGB, WOODS, is_dark, mix, tone
from .registry import GROUND, kind


def board(c: Canvas, area: Points, wood: RGB, *, grain: int = 5) -> None:
    """A wooden face with a few lines of grain along its longer side."""
    c.poly(area, (tone(wood, 0.14), tone(wood, -0.12), "h"))
    xs, ys = [p[0] for p in area], [p[1] for p in area]
    w, h = max(xs) - min(xs), max(ys) - min(ys)
    strokes = []
    for i in range(grain):
        t = (i + 0.5) / grain
        if w >= h:
            strokes.append(
                [
                    (
                        min(xs) + w * s / 8,
                        min(ys) + h * (t + 0.05 * math.sin(s * 1.1 + i * 2)),
                    )
                    for s in range(9)
                ]
            )
        else:
            strokes.append(
                [
                    (
                        min(xs) + w * (t + 0.05 * math.sin(s * 1.1 + i * 2)),
                        min(ys) + h * s / 8,
                    )
                    for s in range(9)
                ]
            )
    c.lines(area, strokes, 2, tone(wood, -0.35), 0.3)


@kind(
    "chair",
    height=0.95,
    place="floor",
    colours="oat pine rust ink ochre",
    focus=(500, 380),
)
def chair(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("spindle", "ladder", "shell", "cane"))
    wood = rng.choice(WOODS) if style != "spindle" else rng.choice((*WOODS, colour))
    seat_y = 560
    c.leg((392, seat_y), (366, GROUND - 64), 24, 17, tone(wood, -0.32))
    c.leg((610, seat_y), (640, GROUND - 64), 24, 17, tone(wood, -0.38))
    if style == "shell":
        shell = smooth(
            [
                (330, 330),
                (350, 190),
                (500, 150),
                (650, 190),
                (670, 330),
                (648, 520),
                (500, 566),
                (352, 520),
            ],
            closed=True,
        )
        c.poly(shell, (tone(colour, 0.12), tone(colour, -0.25), "d"))
        c.tint(
            smooth(
                [
                    (380, 350),
                    (400, 240),
                    (500, 205),
                    (600, 240),
                    (620, 350),
                    (600, 500),
                    (400, 500),
                ],
                closed=True,
            ),
            tone(colour, -0.5),
            0.32,
            blur=26,
        )
    else:
        c.rod(smooth([(352, seat_y + 10), (344, 380), (352, 172)]), 25, wood)
        c.rod(smooth([(648, seat_y + 10), (656, 380), (648, 172)]), 25, wood)
        if style == "spindle":
            for i in range(7):
                x = 392 + i * 36
                c.rod([(x, seat_y), (500 + (x - 500) * 0.98, 190)], 11, wood)
            c.poly(
                smooth(
                    [
                        (330, 196),
                        (350, 140),
                        (500, 116),
                        (650, 140),
                        (670, 196),
                        (500, 178),
                    ],
                    closed=True,
                ),
                (tone(wood, 0.2), tone(wood, -0.2), "h"),
            )
        elif style == "ladder":
            for y in (190, 288, 386):
                c.poly(
                    smooth(
                        [
                            (346, y),
                            (500, y - 18),
                            (654, y),
                            (654, y + 52),
                            (500, y + 40),
                            (346, y + 52),
                        ],
                        closed=True,
                        steps=6,
                    ),
                    (tone(wood, 0.18), tone(wood, -0.18), "h"),
                )
        else:
            panel = rounded(368, 176, 264, 270, 26)
            c.poly(
                panel, (tone((224, 196, 148), 0.1), tone((224, 196, 148), -0.1), "h")
            )
            c.lines(
                panel,
                [[(280 + i * 17, 160), (560 + i * 17 - 290, 470)] for i in range(24)],
                3,
                (150, 112, 70),
                0.5,
            )
            c.lines(
                panel,
                [
                    [(380 + i * 17 - 40, 160), (300 + i * 17 - 200, 470)]
                    for i in range(34)
                ],
                3,
                (150, 112, 70),
                0.5,
            )
            for y in (172, 446):
                c.rod([(352, y), (648, y)], 22, wood)
    c.leg((340, seat_y + 26), (312, GROUND - 4), 30, 20, wood)
    c.leg((660, seat_y + 26), (688, GROUND - 4), 30, 20, tone(wood, -0.08))
    c.rod([(330, 745), (670, 745)], 13, tone(wood, -0.05))
    seat = smooth(
        [
            (352, 540),
            (500, 528),
            (648, 540),
            (704, 612),
            (690, 640),
            (500, 652),
            (310, 640),
            (296, 612),
        ],
        closed=True,
        steps=8,
    )
    c.poly([(x, y + 16) for x, y in seat], tone(wood, -0.35))
    c.poly(seat, (tone(colour, 0.2), tone(colour, -0.1)))
    c.tint(ellipse(500, 596, 140, 26), tone(colour, -0.5), 0.25, blur=16)


@kind(
    "armchair",
    height=0.95,
    place="floor",
    colours="moss oat rust tide heather blush",
    focus=(400, 520),
)
def armchair(c: Canvas, rng: Random, colour: RGB) -> None:
    wood, round_back = rng.choice(WOODS), rng.random() < 0.5
    for x, lean in ((270, -18), (730, 18)):
        c.leg((x, 780), (x + lean, GROUND - 4), 30, 16, wood)
    for x in (350, 650):
        c.leg((x, 780), (x, GROUND - 46), 24, 14, tone(wood, -0.35))
    back = (
        smooth(
            [
                (250, 640),
                (236, 380),
                (300, 220),
                (500, 168),
                (700, 220),
                (764, 380),
                (750, 640),
            ],
            steps=10,
        )
        if round_back
        else rounded(252, 180, 496, 480, 70)
    )
    c.poly(back, (tone(colour, 0.14), tone(colour, -0.22), "d"))
    c.tint(ellipse(500, 590, 240, 110), tone(colour, -0.6), 0.45, blur=40)
    if rng.random() < 0.6:
        for y, xs in ((330, (400, 500, 600)), (430, (350, 450, 550, 650))):
            for x in xs:
                c.tint(ellipse(x, y, 26, 22), tone(colour, -0.6), 0.4, blur=12)
                c.oval(x, y, 7, 6, tone(colour, -0.3))
    else:
        for x in (380, 460, 540, 620):
            c.line(
                smooth([(x, 225), (x + (x - 500) * 0.06, 400), (x, 600)]),
                5,
                tone(colour, -0.22),
            )
    c.poly(rounded(250, 660, 500, 140, 26), (tone(colour, -0.12), tone(colour, -0.32)))
    c.poly(
        smooth(
            [
                (268, 610),
                (300, 566),
                (500, 552),
                (700, 566),
                (732, 610),
                (728, 676),
                (500, 692),
                (272, 676),
            ],
            closed=True,
        ),
        (tone(colour, 0.24), tone(colour, -0.08)),
    )
    c.line(smooth([(276, 664), (500, 678), (724, 664)]), 4, tone(colour, -0.3))
    for side in (-1, 1):
        arm = [
            (500 + side * x, y)
            for x, y in (
                (232, 500),
                (262, 452),
                (312, 450),
                (342, 492),
                (346, 620),
                (336, 790),
                (240, 796),
                (232, 640),
            )
        ]
        lit = tone(colour, 0.1 if side < 0 else -0.1)
        c.poly(smooth(arm, closed=True), (tone(lit, 0.14), tone(lit, -0.26), "h"))
        c.tint(ellipse(500 + side * 288, 478, 40, 24), (255, 250, 236), 0.28, blur=14)
    if rng.random() < 0.45:
        other = COLOURWAYS[rng.choice(("ochre", "chalk", "clay", "sage"))]
        pillow = smooth(
            [
                (415, 420),
                (500, 432),
                (585, 420),
                (578, 500),
                (588, 592),
                (500, 580),
                (412, 592),
                (422, 500),
            ],
            closed=True,
        )
        c.poly(pillow, (tone(other, 0.14), tone(other, -0.22), "d"))


@kind(
    "table",
    height=0.85,
    place="floor",
    colours="oat sand peat ink chalk",
    focus=(330, 500),
)
def table(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("round", "trestle", "pedestal", "drawer"))
    wood = (
        rng.choice(WOODS) if rng.random() < 0.6 else mix(rng.choice(WOODS), colour, 0.7)
    )
    top_y = 440
    if style in ("round", "pedestal"):
        if style == "round":
            for x, f, dim in (
                (400, 380, -0.35),
                (600, 620, -0.35),
                (270, 210, 0.0),
                (730, 790, -0.06),
            ):
                c.leg(
                    (x, top_y + 20),
                    (f, GROUND - (60 if dim < -0.2 else 4)),
                    34,
                    20,
                    tone(wood, dim),
                )
        else:
            c.lathe(
                500,
                [(top_y, 56), (600, 60), (760, 96), (840, 200), (GROUND - 22, 214)],
                wood,
                gloss=0.12,
            )
        c.lathe(
            500,
            [(top_y, 400), (top_y + 26, 396)],
            tone(wood, -0.18),
            curved=False,
            tilt=0.14,
            gloss=0.0,
        )
        c.oval(500, top_y, 400, 58, (tone(wood, 0.3), tone(wood, -0.02), "h"))
        top = ellipse(500, top_y, 398, 57)
    else:
        if style == "trestle":
            for x in (230, 770):
                c.leg((x - 16, top_y + 40), (x - 66, GROUND - 4), 28, 22, wood)
                c.leg(
                    (x + 16, top_y + 40),
                    (x + 66, GROUND - 4),
                    28,
                    22,
                    tone(wood, -0.14),
                )
                c.rod([(x - 44, 700), (x + 44, 700)], 18, wood)
            c.rod([(230, 690), (770, 690)], 22, tone(wood, -0.1))
        else:
            for x, dim in ((280, -0.35), (720, -0.35), (150, 0.0), (850, -0.06)):
                c.leg(
                    (x, top_y + 40),
                    (x, GROUND - (70 if dim < -0.2 else 4)),
                    38,
                    24,
                    tone(wood, dim),
                )
            c.poly(
                rounded(140, top_y + 44, 720, 100, 4),
                (tone(wood, 0.02), tone(wood, -0.3), "h"),
            )
            for x in (190, 530):
                c.poly(
                    rounded(x, top_y + 58, 280, 72, 5),
                    (tone(wood, 0.12), tone(wood, -0.16), "h"),
                )
                c.oval(x + 140, top_y + 94, 11, 11, BRASS)
        top = [
            (180, top_y - 50),
            (820, top_y - 50),
            (920, top_y + 26),
            (80, top_y + 26),
        ]
        c.poly(
            rounded(80, top_y + 24, 840, 26, 5),
            (tone(wood, -0.1), tone(wood, -0.35), "h"),
        )
        c.poly(top, (tone(wood, 0.28), tone(wood, -0.02), "h"))
    c.lines(
        top,
        [
            [
                (60, top_y - 50 + i * 15),
                (300, top_y - 54 + i * 15 + 7 * math.sin(i)),
                (600, top_y - 48 + i * 15),
                (940, top_y - 52 + i * 15),
            ]
            for i in range(9)
        ],
        2,
        tone(wood, -0.4),
        0.25,
    )


@kind(
    "shelf",
    height=1.9,
    place="floor",
    colours="oat ink pine peat chalk",
    focus=(500, 340),
)
def shelf(c: Canvas, rng: Random, colour: RGB) -> None:
    wood = rng.choice(WOODS)
    frame = colour if rng.random() < 0.6 else wood
    rows = rng.choice((4, 5))
    left, right, top = 250.0, 750.0, 120.0
    step = (GROUND - 60 - top) / rows
    ladder = rng.random() < 0.4
    if not ladder:
        c.poly(
            [(left, top), (right, top), (right, GROUND - 40), (left, GROUND - 40)],
            (tone(wood, -0.36), tone(wood, -0.48), "h"),
        )
    spines = [
        COLOURWAYS[n]
        for n in (
            "rust",
            "ink",
            "oat",
            "moss",
            "tide",
            "ochre",
            "plum",
            "fog",
            "chalk",
            "pine",
        )
    ]
    for row in range(rows):
        base = top + step * (row + 1)
        x = left + 34.0
        while x < right - 60:
            pick = rng.random()
            if pick < 0.62:
                w, h = rng.uniform(14, 30), rng.uniform(0.5, 0.78) * step
                hue = rng.choice(spines)
                c.poly(
                    [(x, base - h), (x + w, base - h), (x + w, base), (x, base)],
                    (tone(hue, 0.12), tone(hue, -0.22), "h"),
                )
                c.line(
                    [(x + 4, base - h * 0.8), (x + w - 4, base - h * 0.8)],
                    3,
                    tone(hue, 0.4 if is_dark(hue) else -0.4),
                )
                x += w + 1
            elif pick < 0.72:
                r = min(30, step * 0.24)
                c.lathe(
                    x + r + 6,
                    [
                        (base - r * 2.1, r * 0.4),
                        (base - r * 1.5, r * 0.8),
                        (base - r * 0.8, r),
                        (base - 3, r * 0.6),
                    ],
                    rng.choice(spines),
                    strips=20,
                )
                x += r * 2 + 14
            else:
                x += rng.uniform(20, 54)
        board(c, rounded(left - 4, base, right - left + 8, 20, 3), wood, grain=2)
    board(c, rounded(left - 4, top, right - left + 8, 20, 3), wood, grain=2)
    for x in (left, right):
        c.poly(
            rounded(
                x - 14,
                top - (30 if ladder else 8),
                28,
                GROUND - top + (26 if ladder else 4),
                5,
            ),
            (tone(frame, 0.16), tone(frame, -0.26), "h"),
        )


@kind(
    "clock",
    height=0.4,
    place="wall",
    colours="chalk pine clay ink ochre",
    focus=(500, 400),
)
def clock(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("dots", "lines", "sun"))
    r, cy = 320, 500
    wood = rng.choice(WOODS)
    if style == "sun":
        for i in range(24):
            a = math.radians(i * 15)
            reach = 390 if i % 2 else 350
            c.rod(
                [
                    (500 + 230 * math.cos(a), cy + 230 * math.sin(a)),
                    (500 + reach * math.cos(a), cy + reach * math.sin(a)),
                ],
                16,
                wood,
            )
        r = 250
    c.oval(500, cy, r, r, (tone(wood, 0.2), tone(wood, -0.34), "d"))
    face = colour if style != "sun" else mix(colour, PAPER, 0.15)
    c.oval(500, cy, r - 28, r - 28, (tone(face, -0.16), tone(face, 0.1), "d"))
    c.oval(500, cy + 3, r - 38, r - 38, (tone(face, 0.04), tone(face, 0.12), "d"))
    mark = PAPER if is_dark(face) else BLACK
    for i in range(12):
        a = math.radians(i * 30)
        outer, inner = r - 62, r - (106 if i % 3 == 0 else 86)
        tip, tail = (
            (500 + d * math.cos(a), cy + d * math.sin(a)) for d in (outer, inner)
        )
        if style == "lines":
            c.line([tip, tail], 9 if i % 3 == 0 else 5, mark)
        else:
            size = 13 if i % 3 == 0 else 7
            c.oval(*lerp(tip, tail, 0.3), size, size, mark)
    for angle, length, width in ((-55, 0.45, 15), (-150, 0.66, 10)):
        a = math.radians(angle + rng.choice((0, 0, 6)))
        c.line(
            [
                (500 - 40 * math.cos(a), cy - 40 * math.sin(a)),
                (500 + r * length * math.cos(a), cy + r * length * math.sin(a)),
            ],
            width,
            mark,
        )
    c.line(
        [(500, cy + 60), (500, cy - r * 0.66)],
        4,
        COLOURWAYS["rust"] if colour != COLOURWAYS["clay"] else BRASS,
    )
    c.oval(500, cy, 17, 17, BRASS)
