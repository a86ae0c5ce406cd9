"""The packshots: what a photographer would take of one product, view by view."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageFilter, ImageOps

from .canvas import Canvas, ellipse, glow_mask, gradient, rounded
from .kinds import KINDS
from .palette import BRASS, COLOURWAYS, PAPER, RGB, backdrop_for, is_dark, mix, tone
from .rooms import setting
from .sprites import Box, Sprite, place, stand


def studio(size: int, wall: RGB, floor: RGB, *, horizon: float = 0.68) -> Image.Image:
    """A sweep of paper: wall and floor flow into each other, with a pool of light from the upper left."""
    edge = round(size * horizon)
    picture = Image.new("RGB", (size, size))
    picture.paste(gradient((size, edge), tone(wall, -0.03), tone(wall, 0.12)), (0, 0))
    picture.paste(
        gradient((size, size - edge), tone(wall, 0.12), tone(floor, -0.06)), (0, edge)
    )
    light = glow_mask((round(size * 1.3), round(size * 1.1)))
    picture.paste(
        (255, 252, 244),
        (round(-size * 0.25), round(-size * 0.2)),
        light.point([int(v * 0.4) for v in range(256)]),
    )
    return picture


def framing(kind: str, seed: int, colour: str, *, fill: float = 0.72) -> Box:
    """The square that shows the whole product, large and in the middle."""
    rough = Sprite(kind, seed=seed, colour=colour, width=125)
    left, top, right, bottom = (
        v * 8 for v in rough.image.getbbox() or (0, 0, 125, 125)
    )
    hangs = rough.kind.place == "ceiling"
    if right - left > (bottom - top) * 1.3:
        fill = min(0.9, fill * 1.2)
    side = max(right - left, bottom - top) / fill
    y = (
        0
        if hangs
        else (top + bottom) / 2
        - side * (0.5 if rough.kind.lies or rough.kind.place == "wall" else 0.53)
    )
    return ((left + right) / 2 - side / 2, y, side, side)


def _front(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    wall, floor = backdrop_for(COLOURWAYS[colour], seed)
    picture = studio(size, wall, floor)
    place(
        picture,
        Sprite(
            kind, seed=seed, colour=colour, width=size, box=framing(kind, seed, colour)
        ),
        0,
        0,
    )
    return picture


def _detail(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    fx, fy = KINDS[kind].focus
    wall, floor = backdrop_for(COLOURWAYS[colour], seed)
    picture = gradient((size, size), tone(wall, 0.1), tone(floor, -0.1), "d")
    place(
        picture,
        Sprite(
            kind,
            seed=seed,
            colour=colour,
            width=size,
            box=(fx - 215, fy - 215, 430, 430),
        ),
        0,
        0,
        lamp=0.25,
    )
    return picture


def _coloured(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    own = COLOURWAYS[colour]
    others = (
        ("clay", "blush", "sand")
        if own[2] > own[0] or colour in ("moss", "sage", "pine")
        else ("sage", "fog", "tide")
    )
    ground = COLOURWAYS[others[seed % 3]]
    canvas = Canvas(size)
    canvas.poly(
        [(0, 0), (1000, 0), (1000, 1000), (0, 1000)],
        (tone(ground, 0.2), tone(ground, 0.02)),
    )
    if KINDS[kind].place not in ("wall", "ceiling"):
        canvas.oval(500, 480, 370, 370, (tone(ground, 0.34), tone(ground, 0.14)))
        canvas.lathe(
            500,
            [(GROUND_LINE, 470), (1040, 470)],
            tone(ground, 0.1),
            curved=False,
            tilt=0.12,
            gloss=0,
        )
        canvas.oval(
            500, GROUND_LINE, 470, 56, (tone(ground, 0.42), tone(ground, 0.16), "h")
        )
    picture = canvas.finish().convert("RGB")
    width = round(size * 0.9)
    sprite = Sprite(kind, seed=seed, colour=colour, width=width).mirrored()
    place(
        picture,
        sprite,
        round(size * 0.05),
        round(size * (GROUND_LINE / 1000 + 0.012 - 0.88 * 0.9))
        if sprite.kind.place not in ("wall", "ceiling")
        else 0,
    )
    return picture


GROUND_LINE = 872.0


def _dark(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    ground = (
        COLOURWAYS["ink"]
        if not is_dark(COLOURWAYS[colour])
        else mix(COLOURWAYS["peat"], COLOURWAYS["clay"], 0.25)
    )
    picture = studio(size, tone(ground, -0.25), tone(ground, -0.4))
    veil = glow_mask((size, size)).point([int(v * 0.3) for v in range(256)])
    picture.paste(tone(ground, 0.4), (0, 0), veil)
    place(
        picture,
        Sprite(
            kind,
            seed=seed,
            colour=colour,
            width=size,
            box=framing(kind, seed, colour, fill=0.66),
        ),
        0,
        0,
        strength=0.6,
        lamp=0.62,
    )
    return picture


def _family(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    entry = KINDS[kind]
    wall, floor = backdrop_for(COLOURWAYS[colour], seed + 1)
    picture = studio(size, wall, floor, horizon=0.55)
    others = [name for name in entry.colours if name != colour]
    tall = size * 0.56
    for index, (centre, ground) in enumerate(((0.27, 0.72), (0.75, 0.7))):
        stand(
            picture,
            kind,
            seed=seed,
            colour=others[index % len(others)],
            centre=size * centre,
            ground=size
            * (ground if entry.place not in ("wall", "ceiling") else ground - 0.2),
            height=tall,
            lamp=0.25,
        )
    stand(
        picture,
        kind,
        seed=seed,
        colour=colour,
        centre=size * 0.5,
        ground=size * 0.9,
        height=size * 0.68,
        lamp=0.25,
    )
    return picture


def _sketch(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    sprite = Sprite(kind, seed=seed, colour=colour, width=round(size * 0.84))
    flat = Image.new("RGB", sprite.image.size, (255, 255, 255))
    flat.paste(sprite.image, (0, 0), sprite.image)
    edges = (
        flat.convert("L")
        .filter(ImageFilter.SMOOTH)
        .filter(ImageFilter.CONTOUR)
        .point([255 if v > 236 else v // 3 for v in range(256)])
    )
    canvas = Canvas(size)
    canvas.poly(
        [(0, 0), (1000, 0), (1000, 1000), (0, 1000)], (PAPER, tone(PAPER, -0.05), "d")
    )
    for i in range(1, 25):
        for line in ([(i * 40, 0), (i * 40, 1000)], [(0, i * 40), (1000, i * 40)]):
            canvas.line(line, 1.4, mix(PAPER, COLOURWAYS["fog"], 0.34))
    picture = canvas.finish().convert("RGB")
    offset = round(size * 0.08)
    wash = sprite.image.getchannel("A").point([int(v * 0.22) for v in range(256)])
    picture.paste(COLOURWAYS[colour], (offset + size // 90, offset + size // 90), wash)
    picture.paste(COLOURWAYS["ink"], (offset, offset), ImageOps.invert(edges))
    over = Canvas(size)
    left, top, right, bottom = (
        v / size * 1000 + 80 for v in sprite.image.getbbox() or (0, 0, size, size)
    )
    mark = COLOURWAYS["rust"]
    for a, b in (
        ((left, bottom + 34), (right, bottom + 34)),
        ((right + 34, top), (right + 34, bottom)),
    ):
        over.line([a, b], 3, mark)
        for x, y in (a, b):
            over.line([(x - 9, y + 9), (x + 9, y - 9)], 3, mark)
    dimensions = over.finish()
    picture.paste(dimensions, (0, 0), dimensions)
    return picture


def _packaging(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    kraft = (196, 158, 114)
    wall, floor = backdrop_for(kraft, seed)
    picture = studio(size, wall, floor)
    canvas = Canvas(size)
    canvas.poly(
        [(720, 330), (850, 270), (850, 800), (720, 880)],
        (tone(kraft, -0.2), tone(kraft, -0.36), "h"),
    )
    canvas.poly(
        [(170, 330), (720, 330), (850, 270), (310, 270)],
        (tone(kraft, 0.24), tone(kraft, 0.1), "h"),
    )
    canvas.poly(
        [(170, 330), (720, 330), (720, 880), (170, 880)],
        (tone(kraft, 0.1), tone(kraft, -0.06)),
    )
    canvas.poly([(425, 330), (470, 330), (600, 270), (557, 270)], tone(kraft, 0.4))
    canvas.poly([(425, 330), (470, 330), (470, 420), (425, 420)], tone(kraft, 0.3))
    label = rounded(235, 450, 420, 350, 8)
    canvas.tint([(x + 5, y + 6) for x, y in label], (60, 40, 30), 0.35, blur=6)
    canvas.poly(label, PAPER)
    canvas.poly(
        [(235, 728), (655, 728), (655, 792), (647, 800), (243, 800), (235, 792)],
        COLOURWAYS[colour],
    )
    ink = PAPER if is_dark(COLOURWAYS[colour]) else COLOURWAYS["ink"]
    canvas.line([(410, 780), (428, 752), (440, 768), (452, 750), (476, 780)], 5, ink)
    box = Sprite.__new__(Sprite)
    box.image, box.kind, box.lights, box.scale, box.box = (
        canvas.finish(),
        KINDS["vase"],
        [],
        size / 1000,
        (0, 0, 1000, 1000),
    )
    place(picture, box, 0, 0)
    inner = Sprite(kind, seed=seed, colour=colour, width=round(size * 0.27))
    picture.paste(inner.image, (round(size * 0.31), round(size * 0.455)), inner.image)
    return picture


def _label(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    own = COLOURWAYS[colour]
    canvas = Canvas(size)
    square = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    canvas.poly(square, (tone(own, 0.12), tone(own, -0.24), "d"))
    thread = tone(own, 0.5) if is_dark(own) else tone(own, -0.5)
    for i in range(-40, 80):
        canvas.lines(square, [[(i * 26, 0), (i * 26 - 500, 1000)]], 3, thread, 0.16)
        canvas.lines(
            square, [[(i * 26 - 500, 0), (i * 26, 1000)]], 2, tone(own, -0.5), 0.12
        )
    card = rounded(270, 300, 460, 420, 14)
    canvas.tint([(x + 14, y + 20) for x, y in card], (40, 26, 24), 0.5, blur=18)
    canvas.poly(card, (PAPER, tone(PAPER, -0.08), "d"))
    ink = COLOURWAYS["pine"]
    canvas.line([(380, 560), (450, 450), (496, 512), (548, 430), (620, 560)], 13, ink)
    canvas.oval(600, 410, 22, 22, COLOURWAYS["clay"])
    for y, w in ((610, 150), (648, 96)):
        canvas.line([(500 - w / 2, y), (500 + w / 2, y)], 8, mix(ink, PAPER, 0.3))
    for x in (290, 710):
        for y in (330, 400, 470, 540, 610, 680):
            canvas.line([(x, y - 16), (x, y + 12)], 5, BRASS)
    return canvas.finish().convert("RGB")


def _swatches(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    entry = KINDS[kind]
    names = [colour, *(name for name in entry.colours if name != colour)][:5]
    canvas = Canvas(size)
    canvas.poly(
        [(0, 0), (1000, 0), (1000, 1000), (0, 1000)], ((243, 238, 228), (228, 220, 206))
    )
    for index, name in enumerate(names):
        x = 90 + index * (820 / len(names))
        w = 820 / len(names) - 22
        hue = COLOURWAYS[name]
        canvas.poly(rounded(x + 6, 738, w, 170, 10), tone((228, 220, 206), -0.16))
        canvas.poly(
            rounded(x, 730, w, 170, 10), (tone(hue, 0.1), tone(hue, -0.12), "d")
        )
        canvas.lines(
            rounded(x, 730, w, 170, 10),
            [[(x + w * j / 12, 720), (x + w * j / 12, 910)] for j in range(12)],
            2,
            tone(hue, -0.4),
            0.2,
        )
        if index == 0:
            canvas.poly(ellipse(x + w / 2, 935, 8, 8), COLOURWAYS["rust"])
    picture = canvas.finish().convert("RGB")
    top = Sprite(
        kind,
        seed=seed,
        colour=colour,
        width=round(size * 0.7),
        box=framing(kind, seed, colour, fill=0.86),
    )
    place(
        picture,
        top,
        round(size * 0.15),
        0 if entry.place == "ceiling" else round(size * 0.01),
    )
    return picture


def in_use(size: int, kind: str, seed: int, colour: str) -> Image.Image:
    """The product where it will live."""
    entry, rng = KINDS[kind], Random(f"in-use/{kind}/{seed}")
    picture, spots = setting(entry.place, rng, (size, size))
    for spot in spots:
        name = rng.choice([k for k in spot.kinds if k != kind])
        stand(
            picture,
            name,
            seed=rng.randint(1, 40),
            colour=rng.choice(KINDS[name].colours),
            centre=spot.x * size,
            ground=spot.y * size,
            height=spot.height(name) * size,
            flip=rng.random() < 0.5,
            lamp=0.3,
        )
    height = {
        "table": 0.66,
        "floor": 0.8,
        "wall": 0.56,
        "ceiling": 0.66,
        "outdoor": 0.72,
    }[entry.place]
    ground = {
        "table": 0.86,
        "floor": 0.92,
        "wall": 0.55,
        "ceiling": 0.58,
        "outdoor": 0.9,
    }[entry.place]
    stand(
        picture,
        kind,
        seed=seed,
        colour=colour,
        centre=size * 0.46,
        ground=size * ground,
        height=size * height,
    )
    return picture


VIEWS: tuple[Callable[[int, str, int, str], Image.Image], ...] = (
    _front,
    _detail,
    in_use,
    _coloured,
    _family,
    _dark,
    _packaging,
    _sketch,
    _swatches,
    _label,
)
