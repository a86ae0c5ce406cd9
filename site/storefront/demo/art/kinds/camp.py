"""Tents, sleeping bags and axes."""

import math
from itertools import pairwise
from random import Random

from ..canvas import Canvas, ellipse, rounded, smooth
from ..palette import (
    BLACK,
    COLOURWAYS,
    LEATHER,
    PAPER,
    RGB,
    STEEL,
    WARM_LIGHT,
    WOODS,
    tone,
)
from .registry import GROUND, kind
from .stitching import dense, patch, stitches


@kind(
    "tent",
    height=1.7,
    place="outdoor",
    colours="ochre moss rust sage tide",
    focus=(470, 620),
)
def tent(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("ridge", "dome", "tipi"))
    cord = (226, 214, 190)
    inside = ((255, 224, 164), (214, 158, 98))
    base = GROUND - 14
    if style == "ridge":
        for a, b in (((400, 300), (70, base)), ((720, 250), (960, base - 40))):
            c.line([a, b], 4, cord)
        c.poly(
            [(400, 300), (720, 250), (905, base - 50), (600, base)],
            (tone(colour, -0.12), tone(colour, -0.36), "h"),
        )
        c.lines(
            [(400, 300), (720, 250), (905, base - 50), (600, base)],
            [[(560, 275), (752, base - 24)]],
            4,
            tone(colour, -0.5),
            0.7,
        )
        c.poly(
            [(400, 300), (600, base), (170, base)],
            (tone(colour, 0.22), tone(colour, -0.05)),
        )
        c.poly(
            smooth(
                [(400, 330), (430, 600), (505, base), (290, base), (365, 600)],
                closed=False,
            ),
            inside,
        )
        c.poly(
            smooth(
                [
                    (398, 340),
                    (372, 560),
                    (330, 700),
                    (262, base),
                    (226, base),
                    (330, 560),
                ]
            ),
            (tone(colour, 0.32), tone(colour, 0.0), "h"),
        )
        c.rod([(400, 290), (398, base)], 9, WOODS[0])
        seam = dense([(400, 304), (596, base - 4)])
        stitches(c, seam, colour)
        c.glow(410, 720, 520, WARM_LIGHT)
    elif style == "dome":
        c.line([(250, 520), (60, base)], 4, cord)
        c.line([(760, 520), (950, base)], 4, cord)
        shell = smooth(
            [
                (120, base),
                (190, 600),
                (330, 420),
                (500, 360),
                (670, 420),
                (810, 600),
                (880, base),
            ],
            steps=12,
        )
        c.poly(shell, (tone(colour, 0.26), tone(colour, -0.3), "h"))
        for start, mid, end in (
            ((170, base), (330, 420), (620, 382)),
            ((830, base), (670, 420), (380, 382)),
        ):
            c.line(smooth([start, mid, end]), 9, tone(colour, -0.45))
        panel = smooth(
            [
                (620, base),
                (640, 640),
                (560, 430),
                (500, 366),
                (440, 430),
                (360, 640),
                (380, base),
            ],
            steps=10,
        )
        c.poly(panel, (tone(colour, 0.34), tone(colour, 0.04)))
        c.poly(
            smooth(
                [(590, base), (590, 660), (500, 520), (410, 660), (410, base)], steps=10
            ),
            inside,
        )
        c.poly(
            smooth(
                [(590, base), (592, 660), (505, 522), (560, 680), (556, base)], steps=8
            ),
            tone(colour, 0.16),
        )
        c.line(
            smooth(
                [(590, base), (590, 660), (500, 520), (410, 660), (410, base)], steps=10
            ),
            5,
            tone(colour, -0.4),
        )
        c.glow(500, 740, 500, WARM_LIGHT)
    else:
        for x in (-26, 0, 24):
            c.rod([(500 - x * 0.6, 210), (500 + x, 110)], 11, WOODS[0])
        c.line([(500, 300), (70, base)], 4, cord)
        c.line([(500, 300), (930, base)], 4, cord)
        c.poly(
            [
                *smooth([(500, 180), (300, 560), (190, base)], steps=8),
                *smooth([(810, base), (700, 560), (500, 180)], steps=8),
            ],
            (tone(colour, 0.26), tone(colour, -0.34), "h"),
        )
        for foot in (330, 660, 740):
            c.line([(500, 196), (foot, base)], 3, tone(colour, -0.3))
        c.poly(
            smooth(
                [(500, 330), (556, 640), (592, base), (408, base), (444, 640)],
                closed=False,
            ),
            inside,
        )
        for side in (-1, 1):
            c.poly(
                smooth(
                    [
                        (500, 318),
                        (500 + side * 30, 560),
                        (500 + side * 66, 720),
                        (500 + side * 140, base),
                        (500 + side * 86, base),
                        (500 + side * 50, 700),
                    ]
                ),
                tone(colour, 0.24 + side * -0.12),
            )
        c.glow(500, 740, 520, WARM_LIGHT)
    for x in (70, 930):
        c.rod([(x - 6, base - 26), (x, base + 10)], 8, STEEL)


@kind(
    "sleeping-bag",
    height=1.9,
    place="outdoor",
    colours="rust tide moss ochre plum",
    focus=(500, 420),
    lies=True,
)
def sleeping_bag(c: Canvas, rng: Random, colour: RGB) -> None:
    lining = COLOURWAYS[
        rng.choice(
            ("oat", "chalk", "ochre" if colour != COLOURWAYS["ochre"] else "fog")
        )
    ]
    if rng.random() < 0.35:
        c.lathe(
            500,
            [(330, 150), (370, 200), (600, 216), (820, 200), (GROUND - 20, 150)],
            colour,
            gloss=0.12,
        )
        c.oval(500, 332, 150, 22, (tone(colour, 0.2), tone(colour, -0.3), "h"))
        c.rod(smooth([(470, 330), (500, 250), (530, 330)]), 10, BLACK)
        for y in (440, 760):
            c.lathe(500, [(y, 210), (y + 30, 212)], BLACK, curved=False, gloss=0.1)
        for x in (410, 600):
            c.line([(x, 460), (x, 800)], 12, BLACK)
        patch(c, 505, 620, lining)
        return
    body = smooth(
        [
            (330, 330),
            (318, 220),
            (400, 120),
            (500, 98),
            (600, 120),
            (682, 220),
            (670, 330),
            (704, 430),
            (690, 620),
            (630, 820),
            (560, GROUND),
            (440, GROUND),
            (370, 820),
            (310, 620),
            (296, 430),
        ],
        closed=True,
        steps=8,
    )
    c.poly(body, (tone(colour, 0.2), tone(colour, -0.28), "h"))
    for i in range(11):
        y = 400 + i * 44
        seam = smooth(
            [(280, y - 10), (400, y + 10), (500, y + 14), (600, y + 10), (720, y - 10)]
        )
        c.lines(body, [seam], 5, tone(colour, -0.5), 0.7)
        c.tint(
            [*seam, *[(x, y2 + 15) for x, y2 in seam[::-1]]],
            (255, 248, 232),
            0.18,
            blur=5,
        )
    hood = smooth(
        [
            (368, 300),
            (392, 200),
            (500, 158),
            (608, 200),
            (632, 300),
            (596, 380),
            (500, 404),
            (404, 380),
        ],
        closed=True,
    )
    c.poly(hood, (tone(lining, -0.3), tone(lining, 0.06)))
    c.tint(ellipse(500, 330, 96, 54), tone(lining, -0.7), 0.5, blur=26)
    c.line([*hood, hood[0]], 9, tone(colour, -0.3))
    zip_line = smooth([(560, 398), (590, 560), (560, 720)])
    c.line(zip_line, 10, tone(colour, -0.55))
    stitches(c, dense(zip_line, 7), PAPER, width=4)
    c.poly(
        smooth([(560, 398), (640, 384), (664, 470), (592, 520)], closed=True),
        (tone(lining, 0.1), tone(lining, -0.2), "h"),
    )
    patch(c, 430, 470, lining)


@kind(
    "axe",
    height=0.62,
    place="outdoor",
    colours="peat rust pine ink ochre",
    focus=(400, 320),
    lies=True,
)
def axe(c: Canvas, rng: Random, colour: RGB) -> None:
    wood = rng.choice(WOODS[:2])
    handle = smooth(
        [(470, 170), (492, 420), (520, 640), (548, 790), (600, 868)], steps=12
    )
    for i in range(len(handle) - 1):
        c.line(
            [handle[i], handle[i + 1]],
            44
            + 10 * math.sin(i / len(handle) * math.pi)
            + (14 if i > len(handle) - 6 else 0),
            tone(wood, -0.26),
        )
    c.line([(x - 8, y) for x, y in handle], 30, wood)
    c.line([(x - 14, y) for x, y in handle], 8, tone(wood, 0.35))
    band = [p for p in handle if 640 < p[1] < 840]
    for a, b in pairwise(band):
        c.line([a, b], 56, colour)
    for x, y in band[::2]:
        c.line([(x - 26, y + 6), (x + 26, y - 6)], 4, tone(colour, -0.35))
    head = smooth(
        [
            (540, 222),
            (470, 214),
            (390, 226),
            (300, 176),
            (244, 160),
            (214, 290),
            (246, 420),
            (304, 400),
            (392, 330),
            (470, 326),
            (544, 320),
        ],
        closed=True,
        steps=8,
    )
    c.poly(head, ((196, 200, 202), (112, 116, 120)))
    edge = smooth(
        [(244, 160), (206, 290), (246, 420), (290, 392), (254, 290), (288, 186)],
        closed=True,
        steps=8,
    )
    c.poly(edge, ((236, 238, 238), (196, 200, 202), "h"))
    c.tint(ellipse(400, 250, 120, 18), (255, 255, 255), 0.35, blur=12)
    c.poly(rounded(440, 200, 66, 142, 10), ((126, 130, 134), (84, 88, 92), "h"))
    c.poly(rounded(450, 166, 46, 40, 6), tone(wood, -0.1))
    c.oval(590, 846, 9, 9, tone(wood, -0.6))
    c.rod(smooth([(590, 846), (650, 800), (664, 850), (600, 852)]), 7, LEATHER)
