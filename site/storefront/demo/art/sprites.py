"""Cut-out pictures of products, and how they stand in a picture: shadow and light."""

from random import Random

from PIL import Image, ImageChops, ImageFilter, ImageOps

from .canvas import Canvas, glow_mask
from .kinds import GROUND, KINDS
from .palette import COLOURWAYS, RGB

Box = tuple[float, float, float, float]
WHOLE: Box = (0, 0, 1000, 1000)


class Sprite:
    """One product on a transparent ground: `image` shows `box`, and `lights` says where it shines."""

    def __init__(
        self, kind: str, *, seed: int, colour: str, width: int, box: Box = WHOLE
    ) -> None:
        canvas = Canvas(width, box)
        KINDS[kind].draw(canvas, Random(f"{kind}/{seed}"), COLOURWAYS[colour])
        self.kind = KINDS[kind]
        self.image = canvas.finish()
        self.scale = width / box[2]
        self.box = box
        self.lights = canvas.lights

    def mirrored(self) -> "Sprite":
        """The same product seen from the other side."""
        self.image = ImageOps.mirror(self.image)
        self.lights = [
            (2 * self.box[0] + self.box[2] - x, y, r, hue)
            for x, y, r, hue in self.lights
        ]
        return self


def _soft(mask: Image.Image, size: tuple[int, int], blur: float) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(blur)).resize(
        size, Image.Resampling.BILINEAR
    )


def shadow(
    target: Image.Image,
    sprite: Sprite,
    x: int,
    y: int,
    *,
    strength: float = 0.34,
    lean: float = 0.42,
) -> None:
    """What the product keeps the light from: a soft cast shadow to the right and a dark line where it stands."""
    w, h = sprite.image.size
    small = sprite.image.getchannel("A").resize(
        (96, round(96 * h / w)), Image.Resampling.BOX
    )
    sw, sh = small.size
    ink = (58, 44, 48)
    ground = (GROUND - sprite.box[1]) * sprite.scale * sh / h
    if sprite.kind.place == "wall" or sprite.kind.lies or ground >= sh:
        cast = ImageChops.offset(small, 3, 4)
        target.paste(
            ink,
            (x, y),
            _soft(cast, (w, h), 2.6).point(
                [int(v * strength * 0.8) for v in range(256)]
            ),
        )
        return
    if sprite.kind.place == "ceiling":
        return
    wide = Image.new("L", (sw * 2, sh))
    wide.paste(small, (sw // 2, 0))
    squash = 3.6
    cast = wide.transform(
        wide.size,
        Image.Transform.AFFINE,
        (1, lean * squash, -lean * squash * ground, 0, squash, -(squash - 1) * ground),
        Image.Resampling.BILINEAR,
    )
    fade = Image.linear_gradient("L").resize((sw * 2, max(1, round(ground))))
    falloff = Image.new("L", wide.size, 255)
    falloff.paste(fade.point([min(255, 60 + v) for v in range(256)]), (0, 0))
    cast = ImageChops.multiply(cast, falloff)
    target.paste(
        ink,
        (x - w // 2, y),
        _soft(cast, (w * 2, h), 3.2).point([int(v * strength) for v in range(256)]),
    )
    band = small.crop(
        (0, max(0, round(ground) - 5), sw, min(sh, round(ground) + 1))
    ).resize((sw, 1), Image.Resampling.BOX)
    contact = Image.new("L", (sw, sh))
    contact.paste(band.resize((sw, 3)), (0, round(ground) - 2))
    contact = contact.point([min(255, int(v * 1.9)) for v in range(256)])
    target.paste(
        (44, 32, 36),
        (x, y),
        _soft(contact, (w, h), 1.1).point(
            [int(v * strength * 1.5) for v in range(256)]
        ),
    )


def shine(
    target: Image.Image, x: float, y: float, radius: float, hue: RGB, strength: float
) -> None:
    """Add a round pool of light."""
    box = (
        max(0, int(x - radius)),
        max(0, int(y - radius)),
        min(target.width, int(x + radius)),
        min(target.height, int(y + radius)),
    )
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    side = max(2, int(radius * 2))
    full = glow_mask((side, side)).crop(
        (
            box[0] - int(x - radius),
            box[1] - int(y - radius),
            box[2] - int(x - radius),
            box[3] - int(y - radius),
        )
    )
    part = target.crop(box)
    light = Image.merge(
        "RGB",
        [
            full.point([int(v * strength * channel / 255) for v in range(256)])
            for channel in hue
        ],
    )
    target.paste(ImageChops.screen(part, light), box)


def place(
    target: Image.Image,
    sprite: Sprite,
    x: int,
    y: int,
    *,
    strength: float = 0.34,
    lamp: float = 0.4,
) -> None:
    """Put a sprite with its upper left corner at (x, y), with its shadow, and let it shine."""
    shadow(target, sprite, x, y, strength=strength)
    for lx, ly, radius, hue in sprite.lights:
        shine(
            target,
            x + (lx - sprite.box[0]) * sprite.scale,
            y + (ly - sprite.box[1]) * sprite.scale,
            radius * sprite.scale,
            hue,
            lamp,
        )
    target.paste(sprite.image, (x, y), sprite.image)


def stand(
    target: Image.Image,
    kind: str,
    *,
    seed: int,
    colour: str,
    centre: float,
    ground: float,
    height: float,
    flip: bool = False,
    strength: float = 0.34,
    lamp: float = 0.4,
) -> None:
    """Stand a product in a scene, in pixels: its foot at (`centre`, `ground`), its 1000 units `height` tall."""
    sprite = Sprite(kind, seed=seed, colour=colour, width=max(16, round(height)))
    if flip:
        sprite = sprite.mirrored()
    place(
        target,
        sprite,
        round(centre - height / 2),
        round(ground - GROUND * height / 1000),
        strength=strength,
        lamp=lamp,
    )
