"""Vases, mugs, bowls, kettles and bottles: what is turned, thrown or cast."""

import math
from random import Random

from PIL import ImageDraw

from ..canvas import Canvas, Point, ToPixels, ellipse, rounded, smooth
from ..palette import (
    BLACK,
    BRASS,
    GREENS,
    LEATHER,
    PAPER,
    RGB,
    STEEL,
    WOODS,
    is_dark,
    mix,
    tone,
)
from .registry import GROUND, kind


def speckle(
    c: Canvas, rng: Random, cx: float, top: float, bottom: float, r: float, colour: RGB
) -> None:
    """The iron freckles of stoneware."""
    spots = [
        (
            cx + rng.uniform(-1, 1) * r,
            rng.uniform(top, bottom),
            rng.uniform(1.4, 3.6),
        )
        for _ in range(70)
    ]
    area = [(cx - r, top), (cx + r, top), (cx + r, bottom), (cx - r, bottom)]

    def pattern(draw: ImageDraw.ImageDraw, to_pixels: ToPixels) -> None:
        for x, y, size in spots:
            draw.polygon(to_pixels(ellipse(x, y, size, size * 0.8)), fill=255)

    c.tint(area, tone(colour, -0.6), 0.5, pattern=pattern)


def sprig(
    c: Canvas,
    rng: Random,
    root: Point,
    tip: Point,
    green: RGB,
    *,
    leaf: float = 44,
    pairs: int = 6,
    round_leaf: bool = False,
) -> None:
    """A bending stem with leaves on both sides."""
    bend = (
        (root[0] + tip[0]) / 2 + (tip[0] - root[0]) * 0.18,
        (root[1] + tip[1]) / 2 - 30,
    )
    stem = smooth([root, bend, tip], steps=pairs + 4)
    c.line(stem, 5, tone(green, -0.35))
    for i, (x, y) in enumerate(stem[5:], start=5):
        px, py = stem[i - 1]
        heading = math.atan2(y - py, x - px)
        size = leaf * (1.1 - 0.6 * i / len(stem)) * rng.uniform(0.85, 1.15)
        for side in (-1, 1):
            a = heading + side * rng.uniform(0.7, 1.05)
            ex, ey = x + size * math.cos(a), y + size * math.sin(a)
            w = size * (0.42 if round_leaf else 0.2)
            nx, ny = -math.sin(a) * w, math.cos(a) * w
            mx, my = (x + ex) / 2, (y + ey) / 2
            shade = tone(green, rng.uniform(-0.2, 0.2))
            c.poly(
                smooth(
                    [(x, y), (mx + nx, my + ny), (ex, ey), (mx - nx, my - ny)],
                    closed=True,
                    steps=5,
                ),
                shade,
            )
            c.line([(x, y), (ex, ey)], 1.6, tone(shade, -0.25))


@kind(
    "vase",
    height=0.5,
    place="table",
    colours="chalk clay tide ochre ink sage",
    focus=(500, 640),
)
def vase(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("belly", "bottle", "shoulder", "cylinder", "amphora"))
    profile, mouth = {
        "belly": (
            [
                (470, 58),
                (520, 66),
                (600, 140),
                (700, 178),
                (800, 150),
                (GROUND - 14, 98),
            ],
            58,
        ),
        "bottle": (
            [
                (400, 36),
                (480, 34),
                (580, 52),
                (680, 124),
                (780, 148),
                (GROUND - 14, 120),
            ],
            36,
        ),
        "shoulder": (
            [
                (460, 66),
                (490, 74),
                (540, 150),
                (600, 168),
                (740, 138),
                (GROUND - 12, 92),
            ],
            66,
        ),
        "cylinder": ([(420, 104), (560, 108), (760, 106), (GROUND - 12, 98)], 104),
        "amphora": (
            [
                (420, 78),
                (470, 60),
                (540, 90),
                (640, 156),
                (740, 140),
                (GROUND - 12, 74),
            ],
            78,
        ),
    }[style]
    top = profile[0][0]
    dry = rng.random() < 0.4
    for _ in range(rng.randint(3, 5)):
        tip = (500 + rng.uniform(-200, 200), rng.uniform(80, 220))
        root = (500 + (tip[0] - 500) * 0.12, top + 8)
        if dry:
            stem = smooth(
                [root, ((root[0] + tip[0]) / 2, (root[1] + tip[1]) / 2 - 20), tip]
            )
            c.line(stem, 4, (150, 120, 84))
            straw = rng.choice(((222, 192, 146), (206, 166, 120), (232, 214, 184)))
            for i in range(12):
                y, x = tip[1] + i * 12 - 40, tip[0] + (root[0] - tip[0]) * i / 34
                w = 20 * math.sin((i + 1) / 13 * math.pi)
                c.oval(x, y, w, 15, tone(straw, rng.uniform(-0.15, 0.15)))
        else:
            sprig(
                c,
                rng,
                root,
                tip,
                rng.choice(GREENS),
                leaf=58,
                pairs=7,
                round_leaf=rng.random() < 0.5,
            )
    if style == "amphora":
        for side in (-1, 1):
            c.rod(
                smooth(
                    [
                        (500 + side * 62, 460),
                        (500 + side * 142, 470),
                        (500 + side * 136, 580),
                    ]
                ),
                20,
                colour,
            )
    c.lathe(500, profile, colour, gloss=rng.choice((0.1, 0.35)))
    c.opening(500, top, mouth, colour)
    if rng.random() < 0.6:
        speckle(c, rng, 500, top + 60, GROUND - 30, 120, colour)
    if rng.random() < 0.4:
        band = PAPER if is_dark(colour) else tone(colour, -0.4)
        mid = profile[3]
        c.lathe(
            500,
            [(mid[0] - 12, mid[1] + 1), (mid[0] + 14, mid[1] + 1)],
            band,
            curved=False,
        )


@kind(
    "mug",
    height=0.16,
    place="table",
    colours="oat clay tide moss chalk ink",
    focus=(540, 600),
)
def mug(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("straight", "round", "tapered", "enamel"))
    top, r = 430, 210
    handle = smooth(
        [(650, 520), (760, 500), (800, 600), (760, 710), (640, 740)], steps=12
    )
    c.rod(handle, 40 if style != "enamel" else 26, colour)
    profile = {
        "straight": [(top, r), (790, r), (850, r - 14), (GROUND - 22, r - 40)],
        "round": [
            (top, r - 20),
            (540, r + 6),
            (700, r + 10),
            (820, r - 30),
            (GROUND - 18, r - 70),
        ],
        "tapered": [(top, r + 10), (600, r - 4), (780, r - 40), (GROUND - 18, r - 74)],
        "enamel": [(top, r), (GROUND - 26, r - 4)],
    }[style]
    c.lathe(480, profile, colour, tilt=0.12, gloss=0.35, curved=style != "enamel")
    glaze = rng.random()
    if style == "enamel":
        c.line(ellipse(480, top, r, r * 0.12), 10, tone(colour, -0.55))
        speckle(c, rng, 480, 480, 850, 190, PAPER if is_dark(colour) else colour)
    elif glaze < 0.55:
        clay = mix((196, 150, 112), colour, 0.15)
        c.lathe(
            480,
            [
                (800, profile[-2][1] + (10 if style == "straight" else -4)),
                (840, profile[-2][1] - 4),
                (GROUND - 20, profile[-1][1] + 2),
            ],
            clay,
            tilt=0.12,
            gloss=0.05,
        )
    if style != "enamel" and glaze > 0.35:
        speckle(c, rng, 480, 470, 800, 180, colour)
    mouth = profile[0][1]
    c.oval(480, top, mouth, mouth * 0.12, (tone(colour, 0.35), tone(colour, -0.1), "h"))
    c.oval(
        480,
        top + 3,
        mouth - 16,
        mouth * 0.12 - 9,
        (tone(colour, -0.5), tone(colour, -0.15), "h"),
    )
    if rng.random() < 0.6:
        c.oval(
            480,
            top + 9,
            mouth - 30,
            mouth * 0.12 - 14,
            ((86, 54, 36), (122, 82, 54), "h"),
        )


@kind(
    "bowl",
    height=0.24,
    place="table",
    colours="chalk sage clay ink ochre fog",
    focus=(420, 680),
)
def bowl(c: Canvas, rng: Random, colour: RGB) -> None:
    stack = rng.choice((1, 1, 2, 3))
    deep = rng.uniform(170, 250)
    inside = mix(colour, PAPER, 0.6) if rng.random() < 0.5 else colour
    for i in range(stack):
        base = GROUND - 14 - i * 74
        hue = colour if i % 2 == 0 else mix(colour, PAPER, 0.5)
        rim = base - deep
        r = 330 - i * 6
        c.lathe(
            500,
            [
                (rim, r),
                (rim + deep * 0.3, r * 0.93),
                (rim + deep * 0.65, r * 0.7),
                (base - 28, r * 0.42),
                (base - 22, r * 0.36),
                (base, r * 0.36),
            ],
            hue,
            tilt=0.13,
            gloss=0.3,
        )
        if i < stack - 1:
            c.oval(500, rim, r, r * 0.2, (tone(hue, 0.3), tone(hue, -0.15), "h"))
            c.oval(500, rim + 4, r - 14, r * 0.2 - 9, tone(hue, -0.4))
    c.oval(500, rim, r, r * 0.2, (tone(hue, 0.35), tone(hue, -0.05), "h"))
    hollow = ellipse(500, rim + 4, r - 14, r * 0.2 - 9)
    c.poly(hollow, (tone(inside, -0.42), tone(inside, 0.12), "h"))
    c.tint(ellipse(470, rim + 44, 190, 34), (255, 250, 238), 0.35, blur=22)
    speckle(c, rng, 500, rim + 70, base - 40, 240, colour)
    if rng.random() < 0.45:
        fruit = rng.choice(((214, 142, 66), (178, 84, 62), (176, 178, 92)))
        for x, y in ((400, rim - 22), (592, rim - 18), (496, rim - 46)):
            c.lathe(
                x,
                [(y - 70, 6), (y - 58, 46), (y, 76), (y + 40, 60), (y + 58, 22)],
                tone(fruit, rng.uniform(-0.1, 0.1)),
                gloss=0.2,
                strips=30,
            )
            c.line([(x, y - 66), (x + 8, y - 88)], 6, (96, 70, 46))
        c.poly(
            ellipse(500, rim, r, r * 0.2, start=0, end=180)
            + ellipse(500, rim + 2, r - 12, r * 0.2 - 8, start=180, end=0),
            (tone(hue, 0.3), tone(hue, 0.0), "h"),
        )
        front = ellipse(500, rim, r - 6, r * 0.2 - 4, start=8, end=172)
        c.line(front, 12, tone(hue, 0.12))


@kind(
    "kettle",
    height=0.3,
    place="table",
    colours="chalk pine rust ink ochre fog",
    focus=(420, 600),
)
def kettle(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("round", "cone", "pot"))
    wood = rng.choice(WOODS)
    spout = {
        "round": [(300, 700), (190, 600), (150, 470)],
        "cone": [(320, 760), (210, 640), (170, 470)],
        "pot": [(290, 720), (200, 620), (186, 520)],
    }[style]
    curve = smooth(spout, steps=10)
    for i, (x, y) in enumerate(curve):
        w = 44 - 24 * i / len(curve)
        c.oval(x, y, w, w * 0.9, tone(colour, -0.18 + 0.2 * i / len(curve)))
    c.line([(x - 10, y - 8) for x, y in curve[2:]], 12, tone(colour, 0.25))
    c.oval(*curve[-1], 20, 10, tone(colour, -0.55))
    if style == "pot":
        c.rod(
            smooth([(690, 540), (830, 520), (850, 660), (720, 760)], steps=12), 32, wood
        )
    else:
        c.rod(
            smooth(
                [(320, 520), (310, 300), (500, 200), (690, 300), (680, 520)], steps=12
            ),
            18,
            BLACK,
        )
        c.rod(smooth([(392, 238), (500, 204), (608, 238)], steps=8), 34, wood)
    profile = {
        "round": [
            (470, 120),
            (520, 196),
            (640, 264),
            (760, 268),
            (840, 230),
            (GROUND - 18, 190),
        ],
        "cone": [(450, 110), (560, 160), (720, 220), (830, 258), (GROUND - 22, 250)],
        "pot": [(460, 150), (520, 212), (640, 240), (780, 226), (GROUND - 18, 160)],
    }[style]
    c.lathe(500, profile, colour, gloss=0.45)
    mouth_y, mouth = profile[0]
    c.lathe(
        500,
        [(mouth_y - 34, 20), (mouth_y - 26, mouth * 0.6), (mouth_y + 4, mouth + 6)],
        tone(colour, 0.06),
        gloss=0.4,
    )
    c.lathe(
        500,
        [
            (mouth_y - 86, 14),
            (mouth_y - 70, 32),
            (mouth_y - 46, 24),
            (mouth_y - 30, 16),
        ],
        wood if style != "round" else BRASS,
    )
    c.line(
        ellipse(500, mouth_y + 4, mouth + 6, (mouth + 6) * 0.1, start=5, end=175),
        4,
        tone(colour, -0.4),
    )


@kind(
    "bottle",
    height=0.32,
    place="outdoor",
    colours="pine rust tide ochre chalk ink",
    focus=(500, 500),
)
def bottle(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("flask", "wide", "slim"))
    r = {"flask": 128, "wide": 160, "slim": 104}[style]
    shoulder = {"flask": 380, "wide": 340, "slim": 360}[style]
    neck = {"flask": 60, "wide": 104, "slim": 52}[style]
    c.lathe(
        500,
        [
            (shoulder - 120, neck),
            (shoulder - 70, neck),
            (shoulder - 20, r * 0.8),
            (shoulder + 40, r),
            (600, r),
            (820, r),
            (GROUND - 24, r - 8),
            (GROUND - 12, r - 22),
        ],
        colour,
        gloss=0.4,
    )
    c.lathe(
        500,
        [(GROUND - 60, r + 1), (GROUND - 14, r - 14)],
        STEEL,
        curved=False,
        gloss=0.5,
    )
    cap = rng.choice((BLACK, STEEL, WOODS[1]))
    if rng.random() < 0.6:
        c.rod(
            ellipse(500, shoulder - 230, 56, 52), 18, BLACK if cap != BLACK else LEATHER
        )
    c.lathe(
        500,
        [(shoulder - 214, neck + 6), (shoulder - 116, neck + 8)],
        cap,
        curved=False,
        gloss=0.3,
    )
    c.oval(500, shoulder - 214, neck + 6, (neck + 6) * 0.1, (tone(cap, 0.35), cap, "h"))
    if rng.random() < 0.45:
        c.lathe(
            500,
            [(shoulder - 116, neck + 2), (shoulder - 98, neck + 2)],
            STEEL,
            curved=False,
            gloss=0.5,
        )
    ink = PAPER if is_dark(colour) else tone(colour, -0.55)
    motif = rng.choice(("hill", "stripe", "label"))
    if motif == "hill":
        c.line([(446, 640), (482, 584), (504, 616), (526, 570), (566, 640)], 8, ink)
        c.line(ellipse(534, 556, 14, 14), 5, ink)
    elif motif == "stripe":
        for i, hue in enumerate((ink, tone(colour, -0.35))):
            c.lathe(
                500,
                [(690 + i * 34, r + 0.5), (708 + i * 34, r + 0.5)],
                hue,
                curved=False,
            )
    else:
        c.poly(rounded(462, 560, 76, 130, 38), ink)
        c.line([(500, 590), (500, 660)], 6, colour)
