"""Rooms and landscapes with the shop's things in them: covers, heroes, and the backgrounds of the in-use pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image

from .canvas import Canvas, ellipse
from .kinds import KINDS
from .landscape import (
    Rect,
    broadleaf,
    bunting,
    conifer,
    grass,
    grove,
    path,
    picture_frame,
    rect,
    ridge,
    sky,
    stump,
    sunbeam,
    tabletop,
    wall,
    water,
    window,
)
from .palette import COLOURWAYS, WOODS, mix, tone
from .rooms import room
from .sprites import shine, stand


@dataclass(frozen=True)
class Item:
    """A product in a scene: its kind, foot in scene units, the height of its 1000 units, colourway (None: any)."""

    kind: str
    x: float
    y: float
    height: float
    colour: str | None = None


Scenery = Callable[[Canvas, Random], list[Item]]
SCENES: dict[str, Scenery] = {}
WIDE: Rect = (0, 0, 1600, 1000)


def scene(name: str) -> Callable[[Scenery], Scenery]:
    """Register a scene: a function that paints the background (1600 by 1000 units) and says what stands in it."""

    def register(paint: Scenery) -> Scenery:
        SCENES[name] = paint
        return paint

    return register


@scene("dusk-room")
def _dusk_room(c: Canvas, rng: Random) -> list[Item]:
    room(
        c,
        rng,
        rng.choice(((86, 104, 104), (108, 92, 96), (92, 96, 112))),
        wood=WOODS[2],
    )
    window(c, rng, (150, 120, 360, 440), night=True)
    picture_frame(c, rng, (1190, 150, 200, 250), COLOURWAYS["clay"])
    return [
        Item("rug", 800, 985, 760),
        Item("floor-lamp", 1120, 800, 800, "oat"),
        Item("armchair", 840, 860, 520),
        Item("planter", 330, 830, 380),
        Item("table", 1330, 850, 360),
        Item("candle", 1260, 702, 110),
        Item("vase", 1390, 702, 200),
    ]


@scene("campsite")
def _campsite(c: Canvas, rng: Random) -> list[Item]:
    sky(c, (0, 0, 1600, 680), (24, 34, 62), (122, 104, 122), rng=rng, stars=190)
    c.oval(1280, 170, 52, 52, (250, 242, 216))
    c.oval(1300, 160, 46, 46, (36, 46, 74))
    ridge(
        c,
        rng,
        (0, 0, 1600, 760),
        crest=540,
        swing=170,
        colour=(70, 74, 104),
        far=(92, 90, 112),
        jagged=True,
    )
    grove(c, rng, WIDE, ground=690, height=330, colour=(36, 58, 62), count=22)
    c.poly(rect(0, 670, 1600, 330), ((62, 80, 66), (40, 54, 48)))
    grass(c, rng, (0, 690, 1600, 310), (70, 92, 70), count=220)
    stump(c, 1120, 900, 130, WOODS[1])
    return [
        Item("tent", 620, 890, 640, rng.choice(("ochre", "rust"))),
        Item("lantern", 1120, 826, 170),
        Item("backpack", 1320, 920, 300),
        Item("boots", 960, 940, 170),
        Item("bottle", 1010, 880, 120),
    ]


@scene("kitchen-table")
def _kitchen_table(c: Canvas, rng: Random) -> list[Item]:
    wall(c, (0, 0, 1600, 700), COLOURWAYS[rng.choice(("sage", "oat", "blush"))])
    window(c, rng, (980, 80, 420, 430))
    for y in (220, 420):
        c.poly(rect(120, y, 640, 20), (tone(WOODS[0], 0.1), tone(WOODS[0], -0.25)))
    sunbeam(c, [(760, 120), (900, 90), (960, 620), (800, 660)])
    tabletop(c, (0, 680, 1600, 320), rng.choice(WOODS))
    return [
        Item("bowl", 230, 221, 150),
        Item("mug", 390, 221, 110),
        Item("vase", 560, 221, 210),
        Item("mug", 240, 421, 110),
        Item("bowl", 420, 421, 160),
        Item("candle", 610, 421, 130),
        Item("pendant-lamp", 760, 330, 420),
        Item("kettle", 420, 860, 420),
        Item("mug", 700, 900, 210),
        Item("bowl", 1010, 900, 330),
        Item("vase", 1330, 850, 480),
    ]


@scene("forest-trail")
def _forest_trail(c: Canvas, rng: Random) -> list[Item]:
    sky(c, (0, 0, 1600, 700), (188, 208, 196), (244, 234, 206), rng=rng)
    for depth, (colour, height) in enumerate(
        (((166, 188, 170), 420), ((122, 154, 134), 560), ((76, 114, 94), 700))
    ):
        grove(
            c,
            rng,
            (-80, 0, 1760, 0),
            ground=650 + depth * 40,
            height=height,
            colour=colour,
            count=15 - depth * 2,
        )
    c.poly(rect(0, 690, 1600, 310), ((140, 154, 104), (98, 116, 74)))
    path(
        c,
        [
            (760, 690),
            (800, 690),
            (840, 760),
            (1020, 880),
            (1130, 1040),
            (400, 1040),
            (560, 880),
            (740, 760),
        ],
        (196, 172, 132),
        (216, 200, 164),
    )
    grass(c, rng, (0, 720, 520, 280), (104, 124, 76), count=120)
    grass(c, rng, (1080, 720, 520, 280), (104, 124, 76), count=120)
    conifer(c, rng, 150, 960, 900, (52, 88, 74))
    conifer(c, rng, 1480, 940, 960, (48, 82, 70))
    return [
        Item("backpack", 1180, 930, 360),
        Item("boots", 900, 950, 220),
        Item("bottle", 1360, 940, 220),
    ]


@scene("workshop")
def _workshop(c: Canvas, rng: Random) -> list[Item]:
    wall(c, (0, 0, 1600, 720), (196, 182, 160), panelled=True)
    window(c, rng, (620, 70, 420, 340))
    for i, x in enumerate((150, 250, 350, 450)):
        c.rod([(x, 130), (x, 300 + 30 * (i % 2))], 16, WOODS[i % 4])
        c.poly(
            rect(x - 26 + 6 * i, 90, 52 - 12 * i, 60),
            (tone((120, 124, 126), 0.2), (110, 112, 116), "h"),
        )
        c.oval(x, 78, 7, 7, (90, 74, 62))
    sunbeam(c, [(660, 430), (1020, 430), (1160, 720), (760, 720)], alpha=0.22)
    tabletop(c, (0, 700, 1600, 300), WOODS[1])
    for _ in range(26):
        across, down = rng.uniform(200, 1500), rng.uniform(780, 980)
        c.line(
            [
                *ellipse(
                    across,
                    down,
                    rng.uniform(8, 18),
                    6,
                    start=rng.uniform(0, 90),
                    end=rng.uniform(180, 320),
                )
            ],
            3,
            tone(WOODS[3], 0.2),
        )
    return [
        Item("pendant-lamp", 1250, 330, 400),
        Item("axe", 420, 880, 420),
        Item("mug", 760, 850, 180),
        Item("lantern", 1060, 860, 330),
        Item("planter", 1400, 860, 400),
    ]


@scene("coast")
def _coast(c: Canvas, rng: Random) -> list[Item]:
    sky(c, (0, 0, 1600, 520), (142, 178, 196), (250, 224, 190), rng=rng)
    c.oval(1120, 400, 66, 66, (255, 240, 206))
    ridge(
        c,
        rng,
        (0, 0, 1600, 530),
        crest=492,
        swing=60,
        colour=(136, 146, 156),
        far=(170, 172, 168),
    )
    water(c, rng, (0, 500, 1600, 300), (104, 146, 154), (190, 198, 186))
    c.poly(
        [(0, 700), (420, 724), (900, 768), (1600, 730), (1600, 1000), (0, 1000)],
        ((232, 212, 174), (210, 182, 138)),
    )
    c.line([(0, 702), (420, 726), (900, 770), (1600, 732)], 9, (246, 240, 226))
    for x, y, w in ((180, 790, 90), (1490, 800, 120), (300, 830, 50)):
        c.oval(x, y, w, w * 0.36, ((176, 170, 162), (120, 112, 108)))
    grass(c, rng, (1320, 850, 280, 150), (154, 152, 98), count=70)
    return [
        Item("throw", 560, 930, 300),
        Item("lantern", 820, 920, 230),
        Item("bottle", 930, 940, 190),
        Item("tent", 1200, 880, 440),
    ]


@scene("garden")
def _garden(c: Canvas, rng: Random) -> list[Item]:
    sky(c, (0, 0, 1600, 640), (176, 204, 204), (248, 234, 206), rng=rng)
    for x, h in ((120, 460), (420, 340), (1180, 380), (1480, 500)):
        broadleaf(
            c,
            rng,
            x,
            600,
            h,
            rng.choice(((122, 148, 98), (96, 128, 92), (148, 160, 104))),
        )
    for i in range(34):
        c.poly(
            [
                (i * 48, 470),
                (i * 48 + 20, 450),
                (i * 48 + 40, 470),
                (i * 48 + 40, 630),
                (i * 48, 630),
            ],
            (tone((236, 226, 206), 0.1), tone((236, 226, 206), -0.14), "h"),
        )
    c.poly(rect(0, 610, 1600, 390), ((156, 168, 108), (116, 134, 78)))
    grass(c, rng, (0, 630, 1600, 370), (122, 140, 84), count=200)
    bunting(c, (-20, 120), (820, 150), 150)
    bunting(c, (820, 150), (1620, 100), 160)
    return [
        Item("table", 800, 880, 520),
        Item("chair", 440, 870, 440),
        Item("chair", 1160, 870, 440),
        Item("kettle", 740, 650, 150),
        Item("bowl", 900, 652, 150),
        Item("planter", 170, 890, 380),
        Item("planter", 1430, 890, 430),
    ]


@scene("reading-corner")
def _reading_corner(c: Canvas, rng: Random) -> list[Item]:
    room(c, rng, COLOURWAYS[rng.choice(("blush", "oat", "sage"))], wood=WOODS[3])
    window(c, rng, (180, 110, 340, 430))
    sunbeam(c, [(560, 180), (800, 140), (900, 600), (640, 680)])
    picture_frame(c, rng, (880, 160, 170, 220), COLOURWAYS["pine"])
    return [
        Item("shelf", 1340, 790, 720),
        Item("rug", 740, 985, 800),
        Item("floor-lamp", 470, 800, 720),
        Item("armchair", 720, 870, 540),
        Item("planter", 1080, 840, 360),
        Item("mug", 1010, 930, 90),
    ]


@scene("winter-cabin")
def _winter_cabin(c: Canvas, rng: Random) -> list[Item]:
    sky(c, (0, 0, 1600, 660), (70, 88, 124), (232, 188, 172), rng=rng, stars=50)
    ridge(
        c,
        rng,
        (0, 0, 1600, 760),
        crest=500,
        swing=180,
        colour=(206, 212, 222),
        far=(170, 180, 200),
        jagged=True,
    )
    grove(c, rng, WIDE, ground=680, height=260, colour=(70, 94, 104), count=18)
    c.poly(
        [(0, 690), (500, 640), (1100, 680), (1600, 640), (1600, 1000), (0, 1000)],
        ((236, 236, 240), (198, 206, 222)),
    )
    c.poly(rect(900, 430, 440, 300), (tone(WOODS[2], 0), tone(WOODS[2], -0.3), "h"))
    for i in range(8):
        c.line([(900, 450 + i * 36), (1340, 450 + i * 36)], 4, tone(WOODS[2], -0.4))
    c.poly([(840, 450), (1120, 270), (1400, 450)], ((244, 244, 248), (208, 214, 226)))
    for x in (960, 1190):
        c.poly(rect(x, 520, 90, 90), ((255, 224, 156), (250, 196, 116)))
        c.line([(x + 45, 520), (x + 45, 610)], 6, tone(WOODS[2], -0.4))
        c.glow(x + 45, 565, 220, (255, 210, 140))
    c.poly(rect(1082, 560, 78, 170), tone(COLOURWAYS["rust"], -0.1))
    for _ in range(120):
        size = rng.uniform(1.5, 4)
        c.oval(rng.uniform(0, 1600), rng.uniform(0, 1000), size, size, (250, 250, 252))
    return [
        Item("lantern", 760, 850, 230, "rust"),
        Item("boots", 500, 900, 260),
        Item("axe", 1450, 880, 240),
    ]


@scene("lake")
def _lake(c: Canvas, rng: Random) -> list[Item]:
    sky(c, (0, 0, 1600, 520), (126, 158, 184), (250, 218, 184), rng=rng)
    ridge(
        c,
        rng,
        (0, 0, 1600, 560),
        crest=430,
        swing=190,
        colour=(122, 138, 162),
        far=(182, 178, 180),
        jagged=True,
    )
    grove(c, rng, WIDE, ground=520, height=130, colour=(70, 102, 98), count=40)
    water(c, rng, (0, 515, 1600, 485), (74, 116, 132), (198, 190, 178))
    c.poly(
        [(520, 1000), (640, 640), (820, 640), (1080, 1000)],
        (tone(WOODS[1], 0.16), tone(WOODS[1], -0.1)),
    )
    for i in range(11):
        t = (i / 11) ** 1.5
        c.line(
            [(640 - 120 * t, 640 + 360 * t), (820 + 260 * t, 640 + 360 * t)],
            2 + 4 * t,
            tone(WOODS[1], -0.4),
        )
    return [
        Item("boots", 700, 800, 150),
        Item("backpack", 820, 880, 280),
        Item("bottle", 660, 930, 170),
    ]


@scene("hallway")
def _hallway(c: Canvas, rng: Random) -> list[Item]:
    room(
        c,
        rng,
        COLOURWAYS[rng.choice(("fog", "sage", "sand"))],
        panelled=True,
        wood=WOODS[1],
    )
    c.poly(
        rect(1120, 130, 300, 592),
        (tone(COLOURWAYS["pine"], 0.05), tone(COLOURWAYS["pine"], -0.2), "h"),
    )
    for y in (170, 450):
        c.poly(
            rect(1160, y, 220, 230),
            (tone(COLOURWAYS["pine"], -0.1), tone(COLOURWAYS["pine"], 0.08), "d"),
        )
    c.oval(1390, 440, 12, 12, (196, 156, 88))
    c.poly(rect(200, 190, 560, 24), WOODS[0])
    for x in (300, 480, 660):
        c.rod([(x, 205), (x, 250)], 14, WOODS[2])
    return [
        Item("jacket", 310, 560, 420),
        Item("jacket", 640, 560, 420),
        Item("rug", 900, 985, 620),
        Item("boots", 380, 830, 200),
        Item("planter", 980, 830, 380),
        Item("clock", 930, 330, 220),
    ]


@scene("pottery")
def _pottery(c: Canvas, rng: Random) -> list[Item]:
    wall(c, (0, 0, 1600, 740), mix(COLOURWAYS["chalk"], COLOURWAYS["clay"], 0.2))
    items = []
    for y in (280, 500):
        c.poly(rect(160, y, 1280, 24), (tone(WOODS[0], 0.15), tone(WOODS[0], -0.25)))
        for i in range(7):
            kind = rng.choice(("vase", "mug", "bowl", "mug"))
            items.append(
                Item(
                    kind,
                    260 + i * 180,
                    y + 1,
                    {"vase": 220, "mug": 120, "bowl": 170}[kind],
                )
            )
    sunbeam(c, [(260, 0), (620, 0), (980, 740), (560, 740)], alpha=0.24)
    tabletop(c, (0, 720, 1600, 280), WOODS[3])
    return [
        *items,
        Item("bowl", 480, 900, 380),
        Item("vase", 860, 880, 440),
        Item("mug", 1160, 900, 260),
    ]


def scene_picture(kind: str, *, seed: int, size: tuple[int, int]) -> Image.Image:
    """The scene `kind`, cut to the proportions of `size` from its middle."""
    rng = Random(f"scene/{kind}/{seed}")
    w, h = size
    scale = max(w / WIDE[2], h / WIDE[3])
    canvas = Canvas(round(WIDE[2] * scale), WIDE)
    items = SCENES[kind](canvas, rng)
    picture = canvas.finish().convert("RGB")
    for x, y, radius, hue in canvas.lights:
        shine(picture, x * scale, y * scale, radius * scale, hue, 0.5)
    for item in items:
        stand(
            picture,
            item.kind,
            seed=rng.randint(1, 60),
            colour=item.colour or rng.choice(KINDS[item.kind].colours),
            centre=item.x * scale,
            ground=item.y * scale,
            height=item.height * scale,
            flip=rng.random() < 0.4,
            lamp=0.5 if "dusk" in kind or kind == "campsite" else 0.3,
        )
    left, top = (picture.width - w) // 2, (picture.height - h) // 2
    return picture.crop((left, top, left + w, top + h))
