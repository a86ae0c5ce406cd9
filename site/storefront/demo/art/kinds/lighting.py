"""Lamps, candles and lanterns."""

from random import Random

from ..canvas import Canvas, ellipse, rounded, smooth
from ..palette import BLACK, BRASS, RGB, STEEL, WARM_LIGHT, WOODS, mix, tone
from .registry import GROUND, kind


def fabric_shade(
    c: Canvas,
    cx: float,
    top: float,
    bottom: float,
    narrow: float,
    wide: float,
    colour: RGB,
) -> None:
    """A lit fabric shade: brighter towards the bulb, with the warm inside showing at the lower rim."""
    lit = mix(colour, WARM_LIGHT, 0.35)
    c.lathe(
        cx,
        [(top, narrow), (bottom, wide)],
        lit,
        tilt=0.07,
        gloss=0.0,
        curved=False,
        contrast=0.7,
    )
    area = [
        (cx - narrow, top - 10),
        (cx + narrow, top - 10),
        (cx + wide, bottom + wide * 0.07),
        (cx - wide, bottom + wide * 0.07),
    ]
    middle = top + (bottom - top) * 0.62
    c.tint(
        ellipse(cx, middle, wide * 0.62, (bottom - top) * 0.38),
        (255, 238, 196),
        0.75,
        blur=34,
    )
    c.lines(
        area,
        [
            [(cx + narrow * u, top - 9), (cx + wide * u, bottom + 30)]
            for u in [i / 14 - 1 for i in range(29)]
        ],
        1.4,
        tone(colour, -0.4),
        0.16,
    )
    c.oval(cx, top, narrow, narrow * 0.07, (tone(lit, -0.25), tone(lit, 0.25), "h"))
    c.line(
        ellipse(cx, bottom, wide, wide * 0.07, start=2, end=178), 5, tone(colour, -0.12)
    )
    c.glow(cx, middle, wide * 3.6, WARM_LIGHT)


@kind(
    "table-lamp",
    height=0.62,
    place="table",
    colours="clay oat pine tide ochre",
    focus=(500, 610),
)
def table_lamp(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("gourd", "column", "cone", "stack", "mushroom"))
    linen = rng.choice(((236, 226, 206), (228, 214, 188), (240, 233, 220)))
    top = rng.uniform(130, 190)
    if style == "mushroom":
        c.lathe(
            500,
            [(430, 60), (520, 62), (700, 80), (GROUND - 40, 128), (GROUND - 16, 140)],
            colour,
        )
        c.lathe(
            500,
            [(230, 10), (245, 90), (300, 200), (380, 262), (440, 280)],
            mix(colour, WARM_LIGHT, 0.12),
            tilt=0.1,
        )
        c.line(ellipse(500, 440, 280, 28, start=4, end=176), 7, WARM_LIGHT)
        c.glow(500, 500, 700, WARM_LIGHT)
        return
    c.rod([(500, top + 250), (500, 540)], 15, BRASS)
    if style == "gourd":
        waist = rng.uniform(40, 60)
        c.lathe(
            500,
            [
                (520, 30),
                (555, waist),
                (610, 78),
                (655, 70),
                (720, 128),
                (800, 148),
                (860, 112),
                (GROUND - 8, 92),
            ],
            colour,
        )
    elif style == "column":
        c.lathe(
            500,
            [(520, 40), (535, 62), (840, 66)],
            rng.choice(WOODS),
            curved=False,
            gloss=0.1,
        )
        c.lathe(500, [(838, 122), (GROUND - 12, 126)], colour, curved=False)
        c.oval(500, 838, 122, 12, (tone(colour, 0.25), tone(colour, -0.05), "h"))
        c.lathe(500, [(780, 67), (842, 67)], rng.choice(WOODS), curved=False, gloss=0.1)
    elif style == "cone":
        c.lathe(500, [(520, 24), (600, 42), (760, 92), (GROUND - 14, 140)], colour)
        c.lathe(500, [(GROUND - 40, 133), (GROUND - 14, 141)], BRASS, curved=False)
    else:
        for y, r in ((588, 60), (700, 84), (808, 76)):
            c.lathe(
                500,
                [
                    (y - r, 8),
                    (y - r * 0.7, r * 0.72),
                    (y, r),
                    (y + r * 0.7, r * 0.74),
                    (y + r * 0.96, 20),
                ],
                colour if r != 84 else rng.choice(WOODS),
            )
        c.lathe(500, [(GROUND - 26, 110), (GROUND - 10, 114)], BRASS, curved=False)
        c.lathe(500, [(740, 8), (752, 54), (808, 76), (852, 58)], colour)
    wide = rng.uniform(215, 275)
    fabric_shade(
        c,
        500,
        top,
        top + rng.uniform(270, 320),
        wide * rng.choice((0.55, 0.72, 0.9)),
        wide,
        linen,
    )


@kind(
    "floor-lamp",
    height=1.6,
    place="floor",
    colours="oat ink moss rust chalk",
    focus=(500, 250),
)
def floor_lamp(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("tripod", "straight", "arc"))
    wood, metal = rng.choice(WOODS), rng.choice((BLACK, BRASS))
    if style == "tripod":
        c.leg((500, 330), (535, GROUND - 40), 14, 13, tone(wood, -0.3))
        c.leg((486, 330), (330, GROUND - 4), 20, 14, wood)
        c.leg((514, 330), (670, GROUND - 4), 20, 14, tone(wood, -0.08))
        c.rod([(436, 520), (560, 520)], 8, metal)
        fabric_shade(c, 500, 80, 300, 160, 190, colour)
    elif style == "straight":
        c.lathe(500, [(GROUND - 26, 112), (GROUND - 12, 118)], metal, curved=False)
        c.oval(500, GROUND - 26, 112, 11, (tone(metal, 0.3), metal, "h"))
        c.rod([(500, 300), (500, GROUND - 28)], 13, metal)
        if rng.random() < 0.5:
            c.lathe(500, [(560, 92), (574, 96)], wood, curved=False, tilt=0.12)
            c.oval(500, 560, 92, 11, (tone(wood, 0.25), wood, "h"))
        fabric_shade(c, 500, 70, 300, rng.choice((70, 120, 150)), 172, colour)
    else:
        c.lathe(
            640,
            [(GROUND - 40, 100), (GROUND - 10, 104)],
            mix(STEEL, (255, 255, 255), 0.5),
            curved=False,
        )
        c.oval(640, GROUND - 40, 100, 10, (240, 240, 238))
        c.rod(
            smooth(
                [
                    (640, GROUND - 42),
                    (648, 420),
                    (590, 180),
                    (450, 90),
                    (340, 140),
                    (322, 200),
                ],
                steps=16,
            ),
            12,
            metal,
        )
        c.lathe(322, [(196, 14), (205, 60), (250, 120), (310, 142)], colour, tilt=0.1)
        c.line(ellipse(322, 310, 142, 14, start=4, end=176), 6, WARM_LIGHT)
        c.glow(322, 340, 420, WARM_LIGHT)


@kind(
    "pendant-lamp",
    height=0.75,
    place="ceiling",
    colours="pine chalk ochre ink clay",
    focus=(500, 600),
)
def pendant_lamp(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("dome", "bell", "globe", "cone", "slats"))
    y = 420
    c.line([(500, -20), (500, y)], 7, BLACK)
    c.lathe(500, [(y - 40, 20), (y + 12, 26)], BRASS, curved=False)
    if style == "globe":
        r = rng.uniform(190, 220)
        c.lathe(
            500,
            [
                (y, 30),
                (y + 24, r * 0.55),
                (y + r * 0.5, r * 0.93),
                (y + r, r),
                (y + r * 1.5, r * 0.9),
                (y + r * 1.9, r * 0.46),
                (y + 2 * r, 12),
            ],
            mix(colour, (255, 246, 226), 0.7),
            contrast=0.45,
            gloss=0.3,
        )
        c.tint(ellipse(500, y + r, r * 0.5, r * 0.5), (255, 244, 212), 0.9, blur=40)
        c.glow(500, y + r, 620, WARM_LIGHT)
        return
    profiles = {
        "dome": [(y, 26), (y + 20, 110), (y + 90, 230), (y + 200, 292), (y + 250, 296)],
        "bell": [(y, 26), (y + 40, 96), (y + 150, 140), (y + 250, 190), (y + 320, 270)],
        "cone": [(y, 26), (y + 30, 50), (y + 260, 290)],
        "slats": [
            (y, 40),
            (y + 60, 170),
            (y + 160, 240),
            (y + 260, 220),
            (y + 310, 170),
        ],
    }
    profile = profiles[style]
    bottom, wide = profile[-1]
    c.oval(500, bottom, wide, wide * 0.16, ((255, 236, 190), (255, 214, 150)))
    c.oval(500, bottom + wide * 0.05, wide * 0.3, wide * 0.08, (255, 250, 232))
    c.lathe(500, profile, colour, tilt=0.02, gloss=0.35, curved=style != "cone")
    if style == "slats":
        wood = rng.choice(WOODS)
        for i in range(9):
            t = y + 24 + i * 33
            r = 40 + 205 * (1 - ((i - 5) / 6.2) ** 2)
            c.lathe(
                500, [(t, r), (t + 17, r + 3)], wood, curved=False, tilt=0.1, gloss=0.1
            )
    c.line(
        ellipse(500, bottom, wide, wide * 0.16, start=6, end=174), 5, tone(colour, 0.25)
    )
    c.glow(500, bottom + 60, 640, WARM_LIGHT)


def flame(c: Canvas, x: float, y: float, h: float) -> None:
    """A candle flame standing on (x, y)."""
    c.line([(x, y + 10), (x, y - h * 0.25)], 5, BLACK)
    c.poly(
        smooth(
            [
                (x, y - h),
                (x + h * 0.17, y - h * 0.5),
                (x + h * 0.15, y - h * 0.14),
                (x, y - h * 0.02),
                (x - h * 0.15, y - h * 0.14),
                (x - h * 0.15, y - h * 0.5),
            ],
            closed=True,
        ),
        ((255, 214, 110), (246, 150, 62)),
    )
    c.oval(x, y - h * 0.26, h * 0.07, h * 0.2, (255, 246, 214))
    c.glow(x, y - h * 0.4, h * 7, WARM_LIGHT)


@kind(
    "candle",
    height=0.26,
    place="table",
    colours="oat blush sage plum chalk",
    focus=(500, 640),
)
def candle(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("jar", "pillars", "holder"))
    if style == "jar":
        flame(c, 500, 500, 120)
        c.lathe(
            500,
            [(430, 176), (820, 176), (GROUND - 24, 166)],
            colour,
            tilt=0.13,
            gloss=0.4,
            curved=False,
        )
        c.oval(500, 430, 176, 23, (tone(colour, 0.35), tone(colour, -0.1), "h"))
        c.oval(500, 434, 162, 18, (tone(colour, -0.35), tone(colour, -0.1), "h"))
        c.oval(500, 446, 150, 12, (252, 238, 208))
        flame(c, 500, 444, 120)
        c.poly(rounded(420, 590, 160, 150, 6), ((250, 246, 236), (232, 224, 208), "h"))
        for i, w in enumerate((60, 96, 76)):
            c.line(
                [(500 - w / 2, 630 + i * 32), (500 + w / 2, 630 + i * 32)],
                5 if i else 8,
                tone(colour, -0.5),
            )
    elif style == "pillars":
        for x, top, r, shade in (
            (360, 520, 84, -0.06),
            (640, 600, 92, 0.1),
            (500, 380, 96, 0.0),
        ):
            wax = tone(colour, shade)
            c.lathe(
                x,
                [(top, r), (GROUND - r * 0.13, r)],
                wax,
                tilt=0.13,
                gloss=0.1,
                curved=False,
                contrast=0.75,
            )
            c.oval(x, top, r, r * 0.13, (tone(wax, 0.5), tone(wax, 0.15), "h"))
            flame(c, x, top, 96)
    else:
        for x, top in ((350, 420), (500, 330), (650, 470)):
            c.lathe(
                x, [(top, 27), (760, 30)], colour, curved=False, tilt=0.15, gloss=0.15
            )
            c.oval(x, top, 27, 5, tone(colour, 0.45))
            flame(c, x, top, 92)
            c.lathe(
                x,
                [(750, 44), (775, 38), (800, 26), (GROUND - 50, 28)],
                BRASS,
                tilt=0.14,
            )
        c.lathe(
            500,
            [(GROUND - 52, 260), (GROUND - 30, 264)],
            BRASS,
            curved=False,
            tilt=0.08,
        )
        c.oval(500, GROUND - 52, 260, 22, (tone(BRASS, 0.4), tone(BRASS, -0.1), "h"))
        for x in (350, 500, 650):
            c.lathe(
                x,
                [(752, 46), (775, 40), (802, 24), (GROUND - 54, 34)],
                BRASS,
                tilt=0.14,
            )


@kind(
    "lantern",
    height=0.36,
    place="outdoor",
    colours="moss rust ink ochre pine",
    focus=(500, 560),
)
def lantern(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("storm", "camp", "frame"))
    c.rod(
        ellipse(500, 330, 200, 240, start=180, end=360),
        11,
        BLACK if style != "camp" else STEEL,
    )
    glass = (255, 236, 192)
    if style == "frame":
        c.poly(
            [(330, 380), (670, 380), (670, 800), (330, 800)],
            (mix(glass, (255, 255, 255), 0.35), (250, 206, 138)),
        )
        c.lathe(500, [(690, 60), (800, 60)], (244, 236, 220), curved=False)
        c.oval(500, 690, 60, 8, (255, 250, 238))
        flame(c, 500, 690, 130)
        for x in (330, 500, 670):
            c.rod([(x, 370), (x, 810)], 17 if x != 500 else 9, colour)
        c.poly(
            [(300, 372), (410, 250), (590, 250), (700, 372)],
            (tone(colour, 0.15), tone(colour, -0.3), "h"),
        )
        c.poly(
            rounded(288, 364, 424, 26, 8), (tone(colour, 0.25), tone(colour, -0.3), "h")
        )
        c.poly(
            rounded(440, 214, 120, 44, 12),
            (tone(colour, 0.2), tone(colour, -0.35), "h"),
        )
        c.poly(
            rounded(288, 800, 424, GROUND - 800, 10),
            (tone(colour, 0.2), tone(colour, -0.35), "h"),
        )
        return
    c.lathe(
        500,
        [(400, 110), (500, 158), (600, 166), (690, 140), (730, 118)],
        glass,
        contrast=0.4,
        gloss=0.5,
    )
    c.tint(ellipse(500, 590, 90, 120), (255, 248, 222), 0.9, blur=30)
    if style == "storm":
        flame(c, 500, 700, 150)
        for x in (330, 670):
            c.rod(
                smooth(
                    [
                        (500 + (x - 500) * 0.5, 380),
                        (x, 420),
                        (x, 720),
                        (500 + (x - 500) * 0.8, 790),
                    ]
                ),
                15,
                colour,
            )
    else:
        for x in (400, 500, 600):
            c.rod(
                [(x, 400), (x + (x - 500) * 0.5, 560), (x + (x - 500) * 0.36, 720)],
                8,
                STEEL,
            )
    c.lathe(
        500,
        [(730, 130), (750, 176), (810, 190), (GROUND - 18, 180)],
        colour,
        gloss=0.35,
    )
    c.lathe(500, [(300, 40), (330, 120), (380, 150), (410, 132)], colour, gloss=0.35)
    c.lathe(500, [(262, 30), (306, 44)], tone(colour, -0.2), curved=False)
    c.oval(500, 262, 30, 4, tone(colour, 0.3))
    c.glow(500, 590, 720, WARM_LIGHT)
