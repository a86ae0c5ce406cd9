"""Rucksacks, jackets and boots."""

from random import Random

from ..canvas import Canvas, Points, ellipse, rounded, smooth
from ..palette import (
    BLACK,
    BRASS,
    COLOURWAYS,
    LEATHER,
    PAPER,
    RGB,
    is_dark,
    mix,
    tone,
)
from .registry import GROUND, kind
from .stitching import dense, patch, stitches


@kind(
    "backpack",
    height=0.62,
    place="outdoor",
    colours="pine ochre ink rust oat moss",
    focus=(500, 620),
)
def backpack(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("roll", "flap", "day"))
    trim = LEATHER if rng.random() < 0.6 else BLACK
    second = rng.choice(
        (
            tone(colour, -0.22),
            tone(colour, 0.18),
            COLOURWAYS["oat"] if is_dark(colour) else tone(colour, -0.3),
        )
    )
    for side in (-1, 1):
        c.rod(
            smooth(
                [
                    (500 + side * 170, 330),
                    (500 + side * 286, 470),
                    (500 + side * 272, 700),
                    (500 + side * 210, 800),
                ]
            ),
            34,
            tone(colour, -0.42),
        )
    c.rod(ellipse(500, 228, 62, 62, start=180, end=360), 17, trim)
    body = smooth(
        [
            (300, 330),
            (320, 232),
            (500, 204),
            (680, 232),
            (700, 330),
            (728, 620),
            (716, 830),
            (660, GROUND - 6),
            (500, GROUND),
            (340, GROUND - 6),
            (284, 830),
            (272, 620),
        ],
        closed=True,
        steps=8,
    )
    c.poly(body, (tone(colour, 0.2), tone(colour, -0.3), "h"))
    for side in (-1, 1):
        pocket = smooth(
            [
                (500 + side * 224, 610),
                (500 + side * 262, 640),
                (500 + side * 258, 800),
                (500 + side * 214, 838),
            ],
            closed=False,
        )
        c.poly(pocket, tone(colour, -0.3))
    front = rounded(342, 580, 316, 250, 50)
    c.tint([(x + 6, y + 14) for x, y in front], tone(colour, -0.8), 0.4, blur=14)
    c.poly(front, (tone(second, 0.16), tone(second, -0.2), "h"))
    stitches(c, dense(rounded(354, 592, 292, 226, 42)), second)
    c.line([(380, 640), (620, 640)], 8, tone(second, -0.45))
    c.rod([(470, 640), (478, 676)], 8, trim)
    patch(c, 500, 752, trim)
    if style == "roll":
        c.poly(
            rounded(296, 196, 408, 78, 38), (tone(colour, 0.26), tone(colour, -0.26))
        )
        c.line([(310, 244), (690, 244)], 4, tone(colour, -0.4))
        c.poly(
            smooth([(700, 226), (742, 214), (748, 256), (700, 256)], closed=True), trim
        )
        for x in (400, 600):
            c.poly(
                rounded(x - 15, 200, 30, 330, 8),
                (tone(trim, 0.15), tone(trim, -0.25), "h"),
            )
            c.poly(rounded(x - 24, 420, 48, 40, 8), BRASS)
            c.poly(rounded(x - 12, 430, 24, 20, 4), tone(trim, -0.3))
    elif style == "flap":
        flap = smooth(
            [
                (296, 300),
                (316, 216),
                (500, 190),
                (684, 216),
                (704, 300),
                (700, 500),
                (500, 548),
                (300, 500),
            ],
            closed=True,
            steps=8,
        )
        c.tint([(x, y + 20) for x, y in flap], tone(colour, -0.8), 0.5, blur=16)
        c.poly(flap, (tone(colour, 0.3), tone(colour, -0.1)))
        stitches(c, dense(smooth([(312, 490), (500, 530), (688, 490)])), colour)
        for x in (410, 590):
            c.poly(
                rounded(x - 15, 380, 30, 250, 8),
                (tone(trim, 0.15), tone(trim, -0.25), "h"),
            )
            c.poly(rounded(x - 25, 560, 50, 42, 8), BRASS)
            c.poly(rounded(x - 13, 571, 26, 20, 4), tone(trim, -0.3))
    else:
        arch = smooth(
            [(318, 560), (330, 330), (500, 258), (670, 330), (682, 560)], steps=10
        )
        c.line(arch, 12, tone(colour, -0.5))
        c.line(arch, 4, BRASS)
        c.rod([(682, 560), (690, 600)], 9, trim)
        c.poly(rounded(460, 400, 80, 70, 10), (tone(trim, 0.1), tone(trim, -0.2)))
        for y in (420, 450):
            c.line([(478, y), (522, y)], 7, tone(trim, -0.5))


@kind(
    "jacket",
    height=0.85,
    place="outdoor",
    colours="ochre pine rust ink moss tide",
    focus=(520, 420),
    lies=True,
)
def jacket(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("parka", "shell", "quilt"))
    second = (
        tone(colour, -0.25)
        if rng.random() < 0.5
        else rng.choice((COLOURWAYS["oat"], COLOURWAYS["ink"], COLOURWAYS["clay"]))
    )
    bottom = round(GROUND) - 30 if style == "parka" else 790
    for side in (-1, 1):
        sleeve = smooth(
            [
                (500 + side * 150, 250),
                (500 + side * 232, 300),
                (500 + side * 330, 640),
                (500 + side * 336, 740),
                (500 + side * 250, 760),
                (500 + side * 196, 560),
                (500 + side * 150, 470),
            ],
            steps=8,
        )
        hue = tone(colour, 0.06 if side < 0 else -0.1)
        c.poly(sleeve, (tone(hue, 0.12), tone(hue, -0.28), "h"))
        c.poly(
            [
                (500 + side * 248, 716),
                (500 + side * 338, 700),
                (500 + side * 338, 756),
                (500 + side * 250, 770),
            ],
            tone(second, -0.15),
        )
        for y in (420, 540) if style != "quilt" else range(360, 700, 64):
            c.lines(
                sleeve,
                [
                    smooth(
                        [
                            (500 + side * 140, y + 40),
                            (500 + side * 240, y + 26),
                            (500 + side * 340, y),
                        ]
                    )
                ],
                4,
                tone(colour, -0.45),
                0.5,
            )
    if style != "quilt":
        hood = smooth(
            [(392, 280), (396, 170), (500, 112), (604, 170), (608, 280), (500, 330)],
            closed=True,
        )
        c.poly(hood, (tone(colour, 0.1), tone(colour, -0.22), "h"))
        c.poly(
            smooth(
                [
                    (424, 270),
                    (430, 190),
                    (500, 150),
                    (570, 190),
                    (576, 270),
                    (500, 330),
                ],
                closed=True,
            ),
            (tone(second, -0.5), tone(second, -0.2)),
        )
    body = smooth(
        [
            (350, 262),
            (420, 240),
            (500, 300),
            (580, 240),
            (650, 262),
            (664, 420),
            (676, bottom - 40),
            (668, bottom),
            (500, bottom + 10),
            (332, bottom),
            (324, bottom - 40),
            (336, 420),
        ],
        closed=True,
        steps=6,
    )
    c.poly(body, (tone(colour, 0.18), tone(colour, -0.22), "h"))
    if style == "quilt":
        c.poly(
            smooth(
                [
                    (402, 262),
                    (410, 200),
                    (500, 186),
                    (590, 200),
                    (598, 262),
                    (500, 310),
                ],
                closed=True,
            ),
            (tone(second, 0.1), tone(second, -0.3), "h"),
        )
        for y in range(340, bottom, 62):
            seam = smooth(
                [(310, y), (420, y + 10), (500, y + 12), (580, y + 10), (690, y)]
            )
            c.lines(body, [seam], 5, tone(colour, -0.5), 0.6)
            c.tint(
                [*seam, *[(x, b + 20) for x, b in seam[::-1]]],
                (255, 248, 232),
                0.2,
                blur=7,
            )
    else:
        yoke = [(340, 240), (660, 240), (672, 420), (500, 452), (328, 420)]
        c.tint(yoke, second, 0.92)
        for x in (360, 545):
            c.tint(rounded(x, 600, 104, 120, 10), tone(colour, -0.6), 0.3)
            c.poly(
                rounded(x, 594, 104, 38, 8), (tone(colour, 0.16), tone(colour, -0.1))
            )
            c.oval(x + 52, 618, 6, 6, BRASS)
        c.line([(462, 330), (456, 400)], 5, PAPER)
        c.line([(538, 330), (546, 404)], 5, PAPER)
    c.line([(500, 306), (502, bottom + 4)], 12, tone(colour, -0.5))
    c.line([(500, 306), (502, bottom + 4)], 4, BRASS)
    c.rod([(500, 318), (504, 362)], 9, LEATHER)
    c.tint(
        smooth([(560, 320), (672, 400), (676, bottom), (600, bottom)], closed=True),
        tone(colour, -0.8),
        0.14,
        blur=40,
    )
    patch(c, 418, 480, LEATHER if style != "quilt" else second)


@kind(
    "boots",
    height=0.34,
    place="outdoor",
    colours="peat rust ochre moss ink",
    focus=(400, 560),
)
def boots(c: Canvas, rng: Random, colour: RGB) -> None:
    leather = mix(colour, LEATHER, 0.35)
    lace = rng.choice((COLOURWAYS["rust"], COLOURWAYS["ochre"], PAPER))
    sole = rng.choice(((222, 206, 176), (70, 62, 58)))
    collar = tone(leather, -0.35) if rng.random() < 0.5 else COLOURWAYS["oat"]
    tall = rng.choice((300, 380, 430))

    def boot(dx: float, dy: float, dim: float) -> None:
        def at(points: Points) -> list[tuple[float, float]]:
            return [(x + dx, y + dy) for x, y in points]

        hide = tone(leather, dim)
        upper = at(
            smooth(
                [
                    (330, tall),
                    (520, tall - 8),
                    (536, 520),
                    (560, 600),
                    (660, 668),
                    (760, 710),
                    (804, 770),
                    (806, 806),
                    (780, 820),
                    (560, 822),
                    (340, 820),
                    (316, 800),
                    (306, 700),
                    (318, 560),
                ],
                closed=True,
                steps=8,
            )
        )
        c.poly(upper, (tone(hide, 0.18), tone(hide, -0.3), "h"))
        c.tint(
            at(
                smooth(
                    [
                        (640, 664),
                        (760, 706),
                        (810, 772),
                        (806, 820),
                        (660, 820),
                        (630, 740),
                    ],
                    closed=True,
                )
            ),
            tone(hide, -0.6),
            0.35,
        )
        c.tint(at(ellipse(730, 734, 44, 16)), (255, 246, 228), 0.35, blur=10)
        c.tint(
            at(smooth([(306, 640), (400, 690), (420, 820), (300, 820)], closed=True)),
            tone(hide, -0.6),
            0.35,
        )
        c.poly(
            at(
                smooth(
                    [
                        (322, tall + 6),
                        (420, tall - 18),
                        (526, tall - 6),
                        (532, tall + 44),
                        (420, tall + 52),
                        (322, tall + 50),
                    ],
                    closed=True,
                    steps=6,
                )
            ),
            (tone(collar, 0.15), tone(collar, -0.25), "h"),
        )
        c.poly(
            at(
                [
                    (502, tall + 44),
                    (534, tall + 40),
                    (560, 598),
                    (640, 660),
                    (600, 676),
                    (520, 616),
                ]
            ),
            tone(hide, -0.4),
        )
        steps = 7
        for i in range(steps):
            t = i / (steps - 1)
            x, y = 516 + 84 * t**2.2, tall + 70 + (648 - tall - 70) * t
            c.line(at([(x - 34, y + 14), (x + 22, y - 8)]), 10, lace)
            c.oval(x - 38 + dx, y + 16 + dy, 7, 7, BRASS)
        c.line(
            at(
                smooth(
                    [
                        (520, tall + 66),
                        (566, tall + 50),
                        (580, tall + 90),
                        (530, tall + 76),
                    ]
                )
            ),
            7,
            lace,
        )
        c.rod(
            at(
                smooth(
                    [
                        (330, tall + 10),
                        (318, tall - 44),
                        (350, tall - 40),
                        (346, tall + 8),
                    ]
                )
            ),
            9,
            lace,
        )
        c.poly(at(rounded(300, 806, 520, 34, 14)), (tone(sole, 0.2), tone(sole, -0.1)))
        c.poly(
            at(
                [
                    (304, 834),
                    (816, 834),
                    (808, 872),
                    (560, 872),
                    (548, 858),
                    (470, 858),
                    (462, 872),
                    (312, 872),
                ]
            ),
            (tone(sole, -0.2), tone(sole, -0.45)),
        )
        stitches(c, dense(at([(316, 814), (806, 814)]), 12), sole)

    boot(72, -34, -0.22)
    boot(-90, 6, 0.0)
