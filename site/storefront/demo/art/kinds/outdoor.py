"""What goes into the rucksack, and the rucksack."""

import math
from random import Random

from ..canvas import Canvas, Points, ellipse, rounded, smooth
from ..palette import BLACK, BRASS, COLOURWAYS, LEATHER, PAPER, RGB, STEEL, WARM_LIGHT, WOODS, is_dark, mix, tone
from .registry import GROUND, kind


def stitches(c: Canvas, points: Points, colour: RGB, *, width: float = 2.6) -> None:
    """A dashed seam."""
    thread = tone(colour, 0.45) if is_dark(colour) else tone(colour, -0.35)
    for a, b in zip(points[::2], points[1::2]):
        c.line([a, b], width, thread)


def dense(points: Points, every: float = 9) -> list[tuple[float, float]]:
    """`points` with more points put between, about `every` units apart."""
    out = []
    for a, b in zip(points, points[1:]):
        count = max(1, int(math.dist(a, b) / every))
        out += [(a[0] + (b[0] - a[0]) * i / count, a[1] + (b[1] - a[1]) * i / count) for i in range(count)]
    return [*out, points[-1]]


def patch(c: Canvas, x: float, y: float, hue: RGB) -> None:
    """The small woven label on everything the shop makes for outdoors."""
    c.poly(rounded(x - 32, y - 18, 64, 36, 5), hue)
    ink = PAPER if is_dark(hue) else BLACK
    c.line([(x - 18, y + 8), (x - 6, y - 8), (x + 1, y + 1), (x + 8, y - 7), (x + 18, y + 8)], 3.4, ink)


@kind("tent", height=1.7, place="outdoor", colours="ochre moss rust sage tide", focus=(470, 620))
def tent(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("ridge", "dome", "tipi"))
    cord = (226, 214, 190)
    inside = ((255, 224, 164), (214, 158, 98))
    base = GROUND - 14
    if style == "ridge":
        for a, b in (((400, 300), (70, base)), ((720, 250), (960, base - 40))):
            c.line([a, b], 4, cord)
        c.poly([(400, 300), (720, 250), (905, base - 50), (600, base)], (tone(colour, -0.12), tone(colour, -0.36), "h"))
        c.lines([(400, 300), (720, 250), (905, base - 50), (600, base)], [[(560, 275), (752, base - 24)]], 4, tone(colour, -0.5), 0.7)
        c.poly([(400, 300), (600, base), (170, base)], (tone(colour, 0.22), tone(colour, -0.05)))
        c.poly(smooth([(400, 330), (430, 600), (505, base), (290, base), (365, 600)], closed=False), inside)
        c.poly(smooth([(398, 340), (372, 560), (330, 700), (262, base), (226, base), (330, 560)]), (tone(colour, 0.32), tone(colour, 0.0), "h"))
        c.rod([(400, 290), (398, base)], 9, WOODS[0])
        seam = dense([(400, 304), (596, base - 4)])
        stitches(c, seam, colour)
        c.glow(410, 720, 520, WARM_LIGHT)
    elif style == "dome":
        c.line([(250, 520), (60, base)], 4, cord)
        c.line([(760, 520), (950, base)], 4, cord)
        shell = smooth([(120, base), (190, 600), (330, 420), (500, 360), (670, 420), (810, 600), (880, base)], steps=12)
        c.poly(shell, (tone(colour, 0.26), tone(colour, -0.3), "h"))
        for start, mid, end in (((170, base), (330, 420), (620, 382)), ((830, base), (670, 420), (380, 382))):
            c.line(smooth([start, mid, end]), 9, tone(colour, -0.45))
        panel = smooth([(620, base), (640, 640), (560, 430), (500, 366), (440, 430), (360, 640), (380, base)], steps=10)
        c.poly(panel, (tone(colour, 0.34), tone(colour, 0.04)))
        c.poly(smooth([(590, base), (590, 660), (500, 520), (410, 660), (410, base)], steps=10), inside)
        c.poly(smooth([(590, base), (592, 660), (505, 522), (560, 680), (556, base)], steps=8), tone(colour, 0.16))
        c.line(smooth([(590, base), (590, 660), (500, 520), (410, 660), (410, base)], steps=10), 5, tone(colour, -0.4))
        c.glow(500, 740, 500, WARM_LIGHT)
    else:
        for x in (-26, 0, 24):
            c.rod([(500 - x * 0.6, 210), (500 + x, 110)], 11, WOODS[0])
        c.line([(500, 300), (70, base)], 4, cord)
        c.line([(500, 300), (930, base)], 4, cord)
        c.poly(smooth([(500, 180), (300, 560), (190, base)], steps=8) + [(810, base)] + smooth([(810, base), (700, 560), (500, 180)], steps=8), (tone(colour, 0.26), tone(colour, -0.34), "h"))
        for foot in (330, 660, 740):
            c.line([(500, 196), (foot, base)], 3, tone(colour, -0.3))
        c.poly(smooth([(500, 330), (556, 640), (592, base), (408, base), (444, 640)], closed=False), inside)
        for side in (-1, 1):
            c.poly(smooth([(500, 318), (500 + side * 30, 560), (500 + side * 66, 720), (500 + side * 140, base), (500 + side * 86, base), (500 + side * 50, 700)]), tone(colour, 0.24 + side * -0.12))
        c.glow(500, 740, 520, WARM_LIGHT)
    for x in (70, 930):
        c.rod([(x - 6, base - 26), (x, base + 10)], 8, STEEL)


@kind("backpack", height=0.62, place="outdoor", colours="pine ochre ink rust oat moss", focus=(500, 620))
def backpack(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("roll", "flap", "day"))
    trim = LEATHER if rng.random() < 0.6 else BLACK
    second = rng.choice((tone(colour, -0.22), tone(colour, 0.18), COLOURWAYS["oat"] if is_dark(colour) else tone(colour, -0.3)))
    for side in (-1, 1):
        c.rod(smooth([(500 + side * 170, 330), (500 + side * 286, 470), (500 + side * 272, 700), (500 + side * 210, 800)]), 34, tone(colour, -0.42))
    c.rod(ellipse(500, 228, 62, 62, start=180, end=360), 17, trim)
    body = smooth([(300, 330), (320, 232), (500, 204), (680, 232), (700, 330), (728, 620), (716, 830), (660, GROUND - 6), (500, GROUND), (340, GROUND - 6), (284, 830), (272, 620)], closed=True, steps=8)
    c.poly(body, (tone(colour, 0.2), tone(colour, -0.3), "h"))
    for side in (-1, 1):
        pocket = smooth([(500 + side * 224, 610), (500 + side * 262, 640), (500 + side * 258, 800), (500 + side * 214, 838)], closed=False)
        c.poly(pocket, tone(colour, -0.3))
    front = rounded(342, 580, 316, 250, 50)
    c.tint([(x + 6, y + 14) for x, y in front], tone(colour, -0.8), 0.4, blur=14)
    c.poly(front, (tone(second, 0.16), tone(second, -0.2), "h"))
    stitches(c, dense(rounded(354, 592, 292, 226, 42)), second)
    c.line([(380, 640), (620, 640)], 8, tone(second, -0.45))
    c.rod([(470, 640), (478, 676)], 8, trim)
    patch(c, 500, 752, trim)
    if style == "roll":
        c.poly(rounded(296, 196, 408, 78, 38), (tone(colour, 0.26), tone(colour, -0.26)))
        c.line([(310, 244), (690, 244)], 4, tone(colour, -0.4))
        c.poly(smooth([(700, 226), (742, 214), (748, 256), (700, 256)], closed=True), trim)
        for x in (400, 600):
            c.poly(rounded(x - 15, 200, 30, 330, 8), (tone(trim, 0.15), tone(trim, -0.25), "h"))
            c.poly(rounded(x - 24, 420, 48, 40, 8), BRASS)
            c.poly(rounded(x - 12, 430, 24, 20, 4), tone(trim, -0.3))
    elif style == "flap":
        flap = smooth([(296, 300), (316, 216), (500, 190), (684, 216), (704, 300), (700, 500), (500, 548), (300, 500)], closed=True, steps=8)
        c.tint([(x, y + 20) for x, y in flap], tone(colour, -0.8), 0.5, blur=16)
        c.poly(flap, (tone(colour, 0.3), tone(colour, -0.1)))
        stitches(c, dense(smooth([(312, 490), (500, 530), (688, 490)])), colour)
        for x in (410, 590):
            c.poly(rounded(x - 15, 380, 30, 250, 8), (tone(trim, 0.15), tone(trim, -0.25), "h"))
            c.poly(rounded(x - 25, 560, 50, 42, 8), BRASS)
            c.poly(rounded(x - 13, 571, 26, 20, 4), tone(trim, -0.3))
    else:
        arch = smooth([(318, 560), (330, 330), (500, 258), (670, 330), (682, 560)], steps=10)
        c.line(arch, 12, tone(colour, -0.5))
        c.line(arch, 4, BRASS)
        c.rod([(682, 560), (690, 600)], 9, trim)
        c.poly(rounded(460, 400, 80, 70, 10), (tone(trim, 0.1), tone(trim, -0.2)))
        for y in (420, 450):
            c.line([(478, y), (522, y)], 7, tone(trim, -0.5))


@kind("sleeping-bag", height=1.9, place="outdoor", colours="rust tide moss ochre plum", focus=(500, 420), lies=True)
def sleeping_bag(c: Canvas, rng: Random, colour: RGB) -> None:
    lining = COLOURWAYS[rng.choice(("oat", "chalk", "ochre" if colour != COLOURWAYS["ochre"] else "fog"))]
    if rng.random() < 0.35:
        c.lathe(500, [(330, 150), (370, 200), (600, 216), (820, 200), (GROUND - 20, 150)], colour, gloss=0.12)
        c.oval(500, 332, 150, 22, (tone(colour, 0.2), tone(colour, -0.3), "h"))
        c.rod(smooth([(470, 330), (500, 250), (530, 330)]), 10, BLACK)
        for y in (440, 760):
            c.lathe(500, [(y, 210), (y + 30, 212)], BLACK, curved=False, gloss=0.1)
        for x in (410, 600):
            c.line([(x, 460), (x, 800)], 12, BLACK)
        patch(c, 505, 620, lining)
        return
    body = smooth([(330, 330), (318, 220), (400, 120), (500, 98), (600, 120), (682, 220), (670, 330), (704, 430), (690, 620), (630, 820), (560, GROUND), (440, GROUND), (370, 820), (310, 620), (296, 430)], closed=True, steps=8)
    c.poly(body, (tone(colour, 0.2), tone(colour, -0.28), "h"))
    for i in range(11):
        y = 400 + i * 44
        seam = smooth([(280, y - 10), (400, y + 10), (500, y + 14), (600, y + 10), (720, y - 10)])
        c.lines(body, [seam], 5, tone(colour, -0.5), 0.7)
        c.tint([*seam, *[(x, y2 + 15) for x, y2 in seam[::-1]]], (255, 248, 232), 0.18, blur=5)
    hood = smooth([(368, 300), (392, 200), (500, 158), (608, 200), (632, 300), (596, 380), (500, 404), (404, 380)], closed=True)
    c.poly(hood, (tone(lining, -0.3), tone(lining, 0.06)))
    c.tint(ellipse(500, 330, 96, 54), tone(lining, -0.7), 0.5, blur=26)
    c.line([*hood, hood[0]], 9, tone(colour, -0.3))
    zip_line = smooth([(560, 398), (590, 560), (560, 720)])
    c.line(zip_line, 10, tone(colour, -0.55))
    stitches(c, dense(zip_line, 7), PAPER, width=4)
    c.poly(smooth([(560, 398), (640, 384), (664, 470), (592, 520)], closed=True), (tone(lining, 0.1), tone(lining, -0.2), "h"))
    patch(c, 430, 470, lining)


@kind("jacket", height=0.85, place="outdoor", colours="ochre pine rust ink moss tide", focus=(520, 420), lies=True)
def jacket(c: Canvas, rng: Random, colour: RGB) -> None:
    style = rng.choice(("parka", "shell", "quilt"))
    second = tone(colour, -0.25) if rng.random() < 0.5 else rng.choice((COLOURWAYS["oat"], COLOURWAYS["ink"], COLOURWAYS["clay"]))
    bottom = GROUND - 30 if style == "parka" else 790
    for side in (-1, 1):
        sleeve = smooth([(500 + side * 150, 250), (500 + side * 232, 300), (500 + side * 330, 640), (500 + side * 336, 740), (500 + side * 250, 760), (500 + side * 196, 560), (500 + side * 150, 470)], steps=8)
        hue = tone(colour, 0.06 if side < 0 else -0.1)
        c.poly(sleeve, (tone(hue, 0.12), tone(hue, -0.28), "h"))
        c.poly([(500 + side * 248, 716), (500 + side * 338, 700), (500 + side * 338, 756), (500 + side * 250, 770)], tone(second, -0.15))
        for y in (420, 540) if style != "quilt" else range(360, 700, 64):
            c.lines(sleeve, [smooth([(500 + side * 140, y + 40), (500 + side * 240, y + 26), (500 + side * 340, y)])], 4, tone(colour, -0.45), 0.5)
    if style != "quilt":
        hood = smooth([(392, 280), (396, 170), (500, 112), (604, 170), (608, 280), (500, 330)], closed=True)
        c.poly(hood, (tone(colour, 0.1), tone(colour, -0.22), "h"))
        c.poly(smooth([(424, 270), (430, 190), (500, 150), (570, 190), (576, 270), (500, 330)], closed=True), (tone(second, -0.5), tone(second, -0.2)))
    body = smooth([(350, 262), (420, 240), (500, 300), (580, 240), (650, 262), (664, 420), (676, bottom - 40), (668, bottom), (500, bottom + 10), (332, bottom), (324, bottom - 40), (336, 420)], closed=True, steps=6)
    c.poly(body, (tone(colour, 0.18), tone(colour, -0.22), "h"))
    if style == "quilt":
        c.poly(smooth([(402, 262), (410, 200), (500, 186), (590, 200), (598, 262), (500, 310)], closed=True), (tone(second, 0.1), tone(second, -0.3), "h"))
        for y in range(340, bottom, 62):
            seam = smooth([(310, y), (420, y + 10), (500, y + 12), (580, y + 10), (690, y)])
            c.lines(body, [seam], 5, tone(colour, -0.5), 0.6)
            c.tint([*seam, *[(x, b + 20) for x, b in seam[::-1]]], (255, 248, 232), 0.2, blur=7)
    else:
        yoke = [(340, 240), (660, 240), (672, 420), (500, 452), (328, 420)]
        c.tint(yoke, second, 0.92)
        for x in (360, 545):
            c.tint(rounded(x, 600, 104, 120, 10), tone(colour, -0.6), 0.3)
            c.poly(rounded(x, 594, 104, 38, 8), (tone(colour, 0.16), tone(colour, -0.1)))
            c.oval(x + 52, 618, 6, 6, BRASS)
        c.line([(462, 330), (456, 400)], 5, PAPER)
        c.line([(538, 330), (546, 404)], 5, PAPER)
    c.line([(500, 306), (502, bottom + 4)], 12, tone(colour, -0.5))
    c.line([(500, 306), (502, bottom + 4)], 4, BRASS)
    c.rod([(500, 318), (504, 362)], 9, LEATHER)
    c.tint(smooth([(560, 320), (672, 400), (676, bottom), (600, bottom)], closed=True), tone(colour, -0.8), 0.14, blur=40)
    patch(c, 418, 480, LEATHER if style != "quilt" else second)


@kind("boots", height=0.34, place="outdoor", colours="peat rust ochre moss ink", focus=(400, 560))
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
        upper = at(smooth([(330, tall), (520, tall - 8), (536, 520), (560, 600), (660, 668), (760, 710), (806, 770), (806, 816), (320, 816), (306, 700), (318, 560)], closed=True, steps=8))
        c.poly(upper, (tone(hide, 0.18), tone(hide, -0.3), "h"))
        c.tint(at(smooth([(640, 664), (760, 706), (810, 772), (806, 820), (660, 820), (630, 740)], closed=True)), tone(hide, -0.6), 0.35)
        c.tint(at(ellipse(730, 734, 44, 16)), (255, 246, 228), 0.35, blur=10)
        c.tint(at(smooth([(306, 640), (400, 690), (420, 820), (300, 820)], closed=True)), tone(hide, -0.6), 0.35)
        c.poly(at(smooth([(322, tall + 6), (420, tall - 18), (526, tall - 6), (532, tall + 44), (420, tall + 52), (322, tall + 50)], closed=True, steps=6)), (tone(collar, 0.15), tone(collar, -0.25), "h"))
        c.poly(at([(502, tall + 44), (534, tall + 40), (560, 598), (640, 660), (600, 676), (520, 616)]), tone(hide, -0.4))
        steps = 7
        for i in range(steps):
            t = i / (steps - 1)
            x, y = 516 + 84 * t ** 2.2, tall + 70 + (648 - tall - 70) * t
            c.line(at([(x - 34, y + 14), (x + 22, y - 8)]), 10, lace)
            c.oval(x - 38 + dx, y + 16 + dy, 7, 7, BRASS)
        c.line(at(smooth([(520, tall + 66), (566, tall + 50), (580, tall + 90), (530, tall + 76)])), 7, lace)
        c.rod(at(smooth([(330, tall + 10), (318, tall - 44), (350, tall - 40), (346, tall + 8)])), 9, lace)
        c.poly(at(rounded(300, 806, 520, 34, 14)), (tone(sole, 0.2), tone(sole, -0.1)))
        c.poly(at([(304, 834), (816, 834), (808, 872), (560, 872), (548, 858), (470, 858), (462, 872), (312, 872)]), (tone(sole, -0.2), tone(sole, -0.45)))
        stitches(c, dense(at([(316, 814), (806, 814)]), 12), sole)

    boot(72, -34, -0.22)
    boot(-90, 6, 0.0)


@kind("axe", height=0.62, place="outdoor", colours="peat rust pine ink ochre", focus=(400, 320), lies=True)
def axe(c: Canvas, rng: Random, colour: RGB) -> None:
    wood = rng.choice(WOODS[:2])
    handle = smooth([(470, 170), (492, 420), (520, 640), (548, 790), (600, 868)], steps=12)
    for i, (x, y) in enumerate(handle[:-1]):
        c.line([handle[i], handle[i + 1]], 44 + 10 * math.sin(i / len(handle) * math.pi) + (14 if i > len(handle) - 6 else 0), tone(wood, -0.26))
    c.line([(x - 8, y) for x, y in handle], 30, wood)
    c.line([(x - 14, y) for x, y in handle], 8, tone(wood, 0.35))
    band = [p for p in handle if 640 < p[1] < 840]
    for a, b in zip(band, band[1:]):
        c.line([a, b], 56, colour)
    for x, y in band[::2]:
        c.line([(x - 26, y + 6), (x + 26, y - 6)], 4, tone(colour, -0.35))
    head = smooth([(540, 222), (470, 214), (390, 226), (300, 176), (244, 160), (214, 290), (246, 420), (304, 400), (392, 330), (470, 326), (544, 320)], closed=True, steps=8)
    c.poly(head, ((196, 200, 202), (112, 116, 120)))
    edge = smooth([(244, 160), (206, 290), (246, 420), (290, 392), (254, 290), (288, 186)], closed=True, steps=8)
    c.poly(edge, ((236, 238, 238), (196, 200, 202), "h"))
    c.tint(ellipse(400, 250, 120, 18), (255, 255, 255), 0.35, blur=12)
    c.poly(rounded(440, 200, 66, 142, 10), ((126, 130, 134), (84, 88, 92), "h"))
    c.poly(rounded(450, 166, 46, 40, 6), tone(wood, -0.1))
    c.oval(590, 846, 9, 9, tone(wood, -0.6))
    c.rod(smooth([(590, 846), (650, 800), (664, 850), (600, 852)]), 7, LEATHER)
