"""The parts that scenes are built from: sky, hills, trees, water, walls, windows, boards."""

import math
from random import Random

from .canvas import Canvas, Points, ellipse, rounded, smooth
from .palette import RGB, WOODS, mix, tone

Rect = tuple[float, float, float, float]


def rect(x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    """The corners of a rectangle."""
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def sky(
    c: Canvas,
    area: Rect,
    top: RGB,
    low: RGB,
    *,
    rng: Random,
    stars: int = 0,
) -> None:
    """A clear sky, with stars where asked for."""
    x, y, w, h = area
    c.poly(rect(x, y, w, h), (top, low))
    for _ in range(stars):
        size = rng.choice((1.2, 1.6, 2.2, 3))
        c.oval(
            x + rng.random() * w,
            y + rng.random() ** 1.5 * h * 0.9,
            size,
            size,
            mix(low, (255, 250, 232), rng.uniform(0.5, 1)),
        )


def ridge(
    c: Canvas,
    rng: Random,
    area: Rect,
    *,
    crest: float,
    swing: float,
    colour: RGB,
    far: RGB,
    jagged: bool = False,
) -> None:
    """A range of hills from `crest` (a y) to the lower border of `area`."""
    x, y, w, h = area
    phases = [
        (rng.uniform(0, 6.3), rng.uniform(0.7, 1.4) * n)
        for n in ((1, 2.3, 5.1) if not jagged else (1, 3.1, 7.7))
    ]
    points = []
    for i in range(81):
        t = i / 80
        waves = [math.sin(p + t * 6.3 * f) for p, f in phases]
        up = sum(
            (math.asin(wave) * 0.64 if jagged else wave) / (n + 1)
            for n, wave in enumerate(waves)
        )
        points.append(
            (x + w * t, max(y, crest - swing * (abs(up) if jagged else up * 0.7)))
        )
    c.poly([*points, (x + w, y + h), (x, y + h)], (colour, far))


def conifer(
    c: Canvas, rng: Random, x: float, ground: float, height: float, colour: RGB
) -> None:
    """A fir in layers, its left side lit."""
    c.poly(
        rect(x - height * 0.02, ground - height * 0.12, height * 0.04, height * 0.12),
        tone(WOODS[2], -0.4),
    )
    for i in range(5):
        top = ground - height * (1 - i * 0.165)
        bottom = top + height * 0.3
        half = height * (0.085 + i * 0.04) * rng.uniform(0.92, 1.08)
        c.poly(
            [
                (x, top),
                (x + half, bottom),
                (x, bottom + half * 0.16),
                (x - half, bottom),
            ],
            (tone(colour, 0.1 - i * 0.02), tone(colour, -0.16), "h"),
        )


def broadleaf(
    c: Canvas, rng: Random, x: float, ground: float, height: float, colour: RGB
) -> None:
    """A round tree of a few overlapping crowns."""
    c.leg(
        (x, ground - height * 0.5), (x, ground), height * 0.05, height * 0.08, WOODS[2]
    )
    for i in range(7):
        a = i / 7 * math.tau + rng.uniform(-0.3, 0.3)
        r = height * rng.uniform(0.17, 0.23)
        c.oval(
            x + math.cos(a) * height * 0.16,
            ground - height * 0.68 + math.sin(a) * height * 0.17,
            r,
            r,
            (tone(colour, 0.16 - 0.1 * math.sin(a)), tone(colour, -0.16), "d"),
        )
    c.oval(
        x - height * 0.04,
        ground - height * 0.72,
        height * 0.2,
        height * 0.2,
        (tone(colour, 0.24), tone(colour, -0.06), "d"),
    )


def grove(
    c: Canvas,
    rng: Random,
    area: Rect,
    *,
    ground: float,
    height: float,
    colour: RGB,
    count: int,
) -> None:
    """A row of firs of uneven height along `ground`."""
    x, _, w, _ = area
    for i in range(count):
        conifer(
            c,
            rng,
            x + w * (i + rng.uniform(0.2, 0.8)) / count,
            ground + rng.uniform(-6, 8),
            height * rng.uniform(0.6, 1.1),
            tone(colour, rng.uniform(-0.1, 0.06)),
        )


def grass(c: Canvas, rng: Random, area: Rect, colour: RGB, *, count: int = 160) -> None:
    """Tufts on a meadow, larger to the front."""
    x, y, w, h = area
    for _ in range(count):
        v = rng.random()
        px, py = x + rng.random() * w, y + v * h
        size = 5 + 16 * v
        hue = tone(colour, rng.uniform(-0.25, 0.25))
        for d in (-0.5, 0, 0.5):
            c.line([(px, py), (px + d * size, py - size)], 1 + 1.6 * v, hue)


def water(c: Canvas, rng: Random, area: Rect, near: RGB, far: RGB) -> None:
    """Calm water with streaks of light."""
    x, y, w, h = area
    c.poly(rect(x, y, w, h), (far, near))
    for _ in range(46):
        v = rng.random() ** 1.4
        length = 30 + 150 * v
        px, py = x + rng.random() * w, y + v * h
        c.tint(
            ellipse(px, py, length, 1.2 + 2.4 * v),
            (255, 248, 232),
            rng.uniform(0.1, 0.32),
        )


def wall(c: Canvas, area: Rect, colour: RGB, *, panelled: bool = False) -> None:
    """A painted wall, lit from the left; `panelled` to a third of its height."""
    x, y, w, h = area
    c.poly(rect(x, y, w, h), (tone(colour, 0.14), tone(colour, -0.1), "h"))
    if panelled:
        top = y + h * 0.6
        c.poly(rect(x, top, w, h * 0.4), (tone(colour, 0.02), tone(colour, -0.22), "h"))
        for i in range(int(w / 46)):
            c.line([(x + i * 46, top), (x + i * 46, y + h)], 2.4, tone(colour, -0.28))
        c.poly(rect(x, top - 8, w, 14), (tone(colour, 0.2), tone(colour, -0.08), "h"))


def boards(c: Canvas, area: Rect, wood: RGB) -> None:
    """A floor of boards running away from the viewer."""
    x, y, w, h = area
    c.poly(rect(x, y, w, h), (tone(wood, -0.16), tone(wood, 0.06)))
    middle = x + w / 2
    for i in range(-16, 17):
        c.line(
            [(middle + i * w / 22, y), (middle + i * w / 9, y + h)], 2, tone(wood, -0.3)
        )
    c.poly(rect(x, y - 16, w, 18), (238, 232, 220))


def tabletop(c: Canvas, area: Rect, wood: RGB) -> None:
    """The near edge of a table that fills the lower part of a picture."""
    x, y, w, h = area
    c.poly(rect(x, y, w, h), (tone(wood, 0.24), tone(wood, -0.12)))
    for i in range(9):
        py = y + h * (i / 9) ** 1.3
        c.line(
            smooth(
                [
                    (x, py),
                    (x + w * 0.3, py + 3 * math.sin(i)),
                    (x + w * 0.7, py - 3 * math.cos(i)),
                    (x + w, py),
                ]
            ),
            1.8,
            tone(wood, -0.16),
        )


def window(
    c: Canvas,
    rng: Random,
    area: Rect,
    *,
    night: bool = False,
    frame: RGB = (244, 240, 230),
) -> None:
    """A window with hills behind it."""
    x, y, w, h = area
    c.poly(
        rect(x - 14, y - 14, w + 28, h + 28), (tone(frame, 0), tone(frame, -0.2), "d")
    )
    if night:
        sky(c, area, (36, 50, 82), (196, 130, 104), rng=rng, stars=26)
        hills = ((74, 76, 104), (48, 56, 78))
    else:
        sky(c, area, (178, 206, 216), (240, 230, 208), rng=rng)
        hills = ((158, 180, 168), (120, 150, 124))
    ridge(
        c,
        rng,
        area,
        crest=y + h * 0.66,
        swing=h * 0.1,
        colour=hills[0],
        far=tone(hills[0], 0.1),
    )
    ridge(
        c,
        rng,
        area,
        crest=y + h * 0.82,
        swing=h * 0.06,
        colour=hills[1],
        far=tone(hills[1], -0.1),
    )
    c.poly(rect(x + w / 2 - 6, y, 12, h), frame)
    c.poly(rect(x, y + h * 0.45, w, 9), frame)
    c.poly(rect(x - 30, y + h + 12, w + 60, 18), (frame, tone(frame, -0.2)))


def sunbeam(c: Canvas, points: Points, *, alpha: float = 0.3) -> None:
    """Light that a window throws on wall or floor."""
    c.tint(points, (255, 242, 206), alpha, blur=9)


def picture_frame(c: Canvas, rng: Random, area: Rect, colour: RGB) -> None:
    """A framed abstract print: a sun over two hills."""
    x, y, w, h = area
    wood = rng.choice(WOODS)
    c.tint(
        [(px + 9, py + 12) for px, py in rect(x, y, w, h)], (40, 30, 30), 0.3, blur=8
    )
    c.poly(rect(x, y, w, h), (tone(wood, 0.1), tone(wood, -0.2), "d"))
    c.poly(rect(x + 10, y + 10, w - 20, h - 20), (246, 241, 231))
    inner = (x + w * 0.18, y + h * 0.16, w * 0.64, h * 0.68)
    c.poly(rect(*inner), (tone(colour, 0.62), tone(colour, 0.4)))
    c.oval(
        x + w * rng.uniform(0.38, 0.62),
        y + h * 0.42,
        w * 0.13,
        w * 0.13,
        tone(colour, 0.05),
    )
    ridge(
        c,
        rng,
        inner,
        crest=inner[1] + inner[3] * 0.66,
        swing=inner[3] * 0.14,
        colour=tone(colour, -0.12),
        far=tone(colour, -0.2),
    )
    ridge(
        c,
        rng,
        inner,
        crest=inner[1] + inner[3] * 0.84,
        swing=inner[3] * 0.1,
        colour=tone(colour, -0.42),
        far=tone(colour, -0.5),
    )


def bunting(
    c: Canvas,
    a: tuple[float, float],
    b: tuple[float, float],
    sag: float,
    *,
    bulbs: int = 11,
) -> None:
    """A string of warm bulbs."""
    cable = smooth([a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + sag), b], steps=14)
    c.line(cable, 3, (60, 52, 50))
    for i in range(bulbs):
        x, y = cable[int((i + 0.5) / bulbs * (len(cable) - 1))]
        c.oval(x, y + 14, 9, 12, (255, 228, 166))
        c.glow(x, y + 14, 90, (255, 214, 140))


def path(c: Canvas, points: Points, near: RGB, far: RGB) -> None:
    """A trail as an outline, lighter in the distance."""
    c.poly(smooth(points, closed=True), (far, near))


def stump(c: Canvas, x: float, ground: float, width: float, wood: RGB) -> None:
    """A sawn log to put things on."""
    c.lathe(
        x,
        [(ground - width * 0.6, width / 2), (ground - width * 0.09, width * 0.54)],
        tone(wood, -0.35),
        curved=False,
        tilt=0.18,
        gloss=0,
    )
    c.oval(
        x,
        ground - width * 0.6,
        width / 2,
        width * 0.09,
        (tone(wood, 0.3), tone(wood, 0.05), "h"),
    )
    for r in (0.36, 0.24, 0.12):
        c.line(
            ellipse(x, ground - width * 0.6, width * r, width * 0.18 * r),
            2,
            tone(wood, -0.25),
        )


def cupboard(c: Canvas, area: Rect, colour: RGB) -> None:
    """A low cupboard with two doors."""
    x, y, w, h = area
    c.poly(rounded(x, y, w, h, 8), (tone(colour, 0.14), tone(colour, -0.2), "h"))
    for i in range(2):
        c.poly(
            rounded(x + 16 + i * w / 2, y + 34, w / 2 - 32, h - 54, 6),
            (tone(colour, 0.06), tone(colour, -0.14), "h"),
        )
        c.oval(x + w / 2 + (i * 2 - 1) * 26, y + h * 0.5, 7, 7, (196, 156, 88))
    c.poly(
        rounded(x - 8, y, w + 16, 18, 4),
        (tone(WOODS[0], 0.2), tone(WOODS[0], -0.1), "h"),
    )
