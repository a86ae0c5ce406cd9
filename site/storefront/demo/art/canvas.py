"""A supersampled drawing surface with the few primitives every picture of the shop is made of.

Coordinates are logical: x to the right, y downwards, 1000 units to the width of a product's canvas whatever its size
in pixels. Drawing happens at twice the wanted size and is reduced at the end, which is what smooths the edges.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .palette import RGB, tone

SUPERSAMPLING = 2
Point = tuple[float, float]
Points = Sequence[Point]
ToPixels = Callable[[Points], list[Point]]
Paint = RGB | tuple[RGB, RGB] | tuple[RGB, RGB, str]


def smooth(points: Points, *, closed: bool = False, steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through `points`."""
    pts = list(points)
    count = len(pts)
    segments = count if closed else count - 1
    curve: list[Point] = []
    for i in range(segments):
        if closed:
            a, b, c, d = (pts[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (pts[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            t2, t3 = t * t, t * t * t
            weights = (
                -t3 + 2 * t2 - t,
                3 * t3 - 5 * t2 + 2,
                -3 * t3 + 4 * t2 + t,
                t3 - t2,
            )
            near = list(zip(weights, (a, b, c, d), strict=True))
            curve.append(
                (sum(w * p[0] for w, p in near) / 2, sum(w * p[1] for w, p in near) / 2)
            )
    if not closed:
        curve.append(pts[-1])
    return curve


def ellipse(
    cx: float, cy: float, rx: float, ry: float, *, start: float = 0, end: float = 360
) -> list[Point]:
    """Points of an ellipse or, with angles in degrees clockwise from the right, of its arc."""
    steps = max(10, int(abs(end - start) / 5))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def rounded(x: float, y: float, w: float, h: float, r: float) -> list[Point]:
    """A rectangle with round corners."""
    r = min(r, w / 2, h / 2)
    corners = (
        (x + w - r, y + r, -90),
        (x + w - r, y + h - r, 0),
        (x + r, y + h - r, 90),
        (x + r, y + r, 180),
    )
    return [
        p for cx, cy, a in corners for p in ellipse(cx, cy, r, r, start=a, end=a + 90)
    ]


def lerp(a: Point, b: Point, t: float) -> Point:
    """The point `t` of the way from `a` to `b`."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)


def gradient(
    size: tuple[int, int], start: RGB, end: RGB, direction: str = "v"
) -> Image.Image:
    """A two-colour gradient: "v" downwards, "h" to the right, "d" diagonal."""
    if direction == "d":
        middle = tuple((a + b) // 2 for a, b in zip(start, end, strict=True))
        strip = Image.new("RGB", (2, 2))
        strip.putdata([start, middle, middle, end])
    else:
        strip = Image.new("RGB", (1, 2) if direction == "v" else (2, 1))
        strip.putdata([start, end])
    return _stretch(strip, size)


def _stretch(strip: Image.Image, size: tuple[int, int]) -> Image.Image:
    """`strip` interpolated from edge to edge (plain resizing would hold the first and last quarter flat)."""
    w, h = strip.size
    box = (
        0.5 if w > 1 else 0,
        0.5 if h > 1 else 0,
        w - (0.5 if w > 1 else 0),
        h - (0.5 if h > 1 else 0),
    )
    return strip.resize(size, Image.Resampling.BILINEAR, box=box)


@lru_cache(maxsize=1)
def _glow() -> Image.Image:
    """A round mask, white in the middle and softly falling to black at the edge."""
    return ImageChops.invert(Image.radial_gradient("L")).point(
        [int(255 * (max(0, v - 75) / 180) ** 1.7) for v in range(256)]
    )


def glow_mask(size: tuple[int, int]) -> Image.Image:
    """A soft round patch of light, stretched to `size`."""
    return _glow().resize((max(1, size[0]), max(1, size[1])), Image.Resampling.BILINEAR)


class Canvas:
    """A transparent surface `width` pixels wide, showing the logical `box` (x, y, w, h)."""

    def __init__(
        self, width: int, box: tuple[float, float, float, float] = (0, 0, 1000, 1000)
    ) -> None:
        self.box = box
        self.k = width * SUPERSAMPLING / box[2]
        self.size = (
            width * SUPERSAMPLING,
            round(width * box[3] / box[2]) * SUPERSAMPLING,
        )
        self.image = Image.new("RGBA", self.size)
        self.draw = ImageDraw.Draw(self.image)
        self.lights: list[tuple[float, float, float, RGB]] = []

    def px(self, points: Iterable[Point]) -> list[Point]:
        """Logical points in pixels of the surface."""
        x0, y0, k = self.box[0], self.box[1], self.k
        return [((x - x0) * k, (y - y0) * k) for x, y in points]

    def finish(self) -> Image.Image:
        """The picture at its final size, RGBA."""
        return self.image.reduce(SUPERSAMPLING)

    def _window(
        self, pixels: list[Point], pad: int = 2
    ) -> tuple[int, int, int, int] | None:
        """The part of the surface that `pixels` touch, or None when all of them are outside."""
        xs, ys = [p[0] for p in pixels], [p[1] for p in pixels]
        left, top = max(0, int(min(xs)) - pad), max(0, int(min(ys)) - pad)
        right, bottom = (
            min(self.size[0], int(max(xs)) + pad),
            min(self.size[1], int(max(ys)) + pad),
        )
        return (left, top, right, bottom) if right > left and bottom > top else None

    def poly(self, points: Points, paint: Paint) -> None:
        """A filled polygon, plain or with a gradient (colour, colour[, direction])."""
        pixels = self.px(points)
        if not isinstance(paint[0], tuple):
            self.draw.polygon(pixels, fill=paint)
            return
        window = self._window(pixels)
        if window is None:
            return
        xs, ys = [p[0] for p in pixels], [p[1] for p in pixels]
        whole = (max(1, round(max(xs) - min(xs))), max(1, round(max(ys) - min(ys))))
        start, end, direction = (*paint, "v")[:3]
        size = (window[2] - window[0], window[3] - window[1])
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon(
            [(x - window[0], y - window[1]) for x, y in pixels], fill=255
        )
        offset = (window[0] - int(min(xs)), window[1] - int(min(ys)))
        fill = gradient(whole, start, end, direction)
        if whole != size or offset != (0, 0):
            fill = fill.transform(
                size,
                Image.Transform.EXTENT,
                (
                    max(0, offset[0]),
                    max(0, offset[1]),
                    min(whole[0], offset[0] + size[0]),
                    min(whole[1], offset[1] + size[1]),
                ),
            )
        self.image.paste(fill, window[:2], mask)

    def oval(self, cx: float, cy: float, rx: float, ry: float, paint: Paint) -> None:
        """A filled ellipse."""
        self.poly(ellipse(cx, cy, rx, ry), paint)

    def line(self, points: Points, width: float, colour: RGB) -> None:
        """A stroke with round ends and joints."""
        pixels = self.px(points)
        thick = max(1, round(width * self.k))
        self.draw.line(pixels, fill=colour, width=thick, joint="curve")
        if thick > 3:
            r = thick / 2 - 0.5
            for x, y in (pixels[0], pixels[-1]):
                self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def rod(self, points: Points, width: float, colour: RGB) -> None:
        """A round bar: a stroke in shade with its lit side on the upper left."""
        self.line(points, width, tone(colour, -0.28))
        shifted = [(x - width * 0.13, y - width * 0.08) for x, y in points]
        self.line(shifted, width * 0.62, colour)
        shifted = [(x - width * 0.2, y - width * 0.12) for x, y in points]
        self.line(shifted, width * 0.2, tone(colour, 0.3))

    def leg(
        self, top: Point, foot: Point, wide: float, narrow: float, colour: RGB
    ) -> None:
        """A tapered bar from `top` to `foot`, lit from the left."""
        (x1, y1), (x2, y2) = top, foot
        self.poly(
            [
                (x1 - wide / 2, y1),
                (x1 + wide / 2, y1),
                (x2 + narrow / 2, y2),
                (x2 - narrow / 2, y2),
            ],
            (tone(colour, 0.1), tone(colour, -0.28), "h"),
        )

    def tint(
        self,
        points: Points,
        colour: RGB,
        alpha: float,
        *,
        blur: float = 0,
        pattern: Callable[[ImageDraw.ImageDraw, ToPixels], None] | None = None,
    ) -> None:
        """Colour laid over what is already drawn, inside `points` and never outside the object.

        `pattern(draw, to_pixels)` draws the mask in white itself, to be cut out by `points`.
        """
        pixels = self.px(points)
        spread = int(blur * self.k * 2)
        window = self._window(pixels, pad=spread + 2)
        if window is None:
            return
        left, top, right, bottom = window
        mask = Image.new("L", (right - left, bottom - top))
        local = [(x - left, y - top) for x, y in pixels]
        ImageDraw.Draw(mask).polygon(local, fill=255)
        if blur:
            small = mask.resize(
                (max(1, mask.width // 8), max(1, mask.height // 8)),
                Image.Resampling.BOX,
            )
            mask = small.filter(ImageFilter.GaussianBlur(blur * self.k / 8)).resize(
                mask.size, Image.Resampling.BILINEAR
            )
        if pattern is not None:
            figure = Image.new("L", mask.size)
            pattern(
                ImageDraw.Draw(figure),
                lambda pts: [(x - left, y - top) for x, y in self.px(pts)],
            )
            mask = ImageChops.multiply(mask, figure)
        own = self.image.crop(window).getchannel("A")
        mask = ImageChops.multiply(
            mask.point([int(v * alpha) for v in range(256)]), own
        )
        self.image.paste((*colour, 255), window, mask)

    def lines(
        self,
        area: Points,
        strokes: Iterable[Points],
        width: float,
        colour: RGB,
        alpha: float = 1.0,
    ) -> None:
        """Strokes that end at the border of `area`."""
        thick = max(1, round(width * self.k))

        def pattern(draw: ImageDraw.ImageDraw, to_pixels: ToPixels) -> None:
            for stroke in strokes:
                draw.line(to_pixels(stroke), fill=255, width=thick, joint="curve")

        self.tint(area, colour, alpha, pattern=pattern)

    def lathe(
        self,
        cx: float,
        profile: Points,
        colour: RGB,
        *,
        tilt: float = 0.1,
        gloss: float = 0.25,
        curved: bool = True,
        light: float = -0.5,
        strips: int = 44,
        contrast: float = 1.0,
    ) -> None:
        """A turned body: `profile` is [(y, radius), …] from top to bottom, seen from slightly above."""
        line = (
            smooth([(r, y) for y, r in profile], steps=9)
            if curved
            else [(r, y) for y, r in profile]
        )
        edges = []
        for i in range(strips + 1):
            u = math.sin(math.pi * (i / strips - 0.5))
            drop = tilt * math.sqrt(max(0.0, 1 - u * u))
            edges.append([(cx + u * r, y + drop * r) for r, y in line])
        for i in range(strips):
            angle = math.pi * ((i + 0.5) / strips - 0.5)
            facing = math.cos(angle - light)
            value = (-0.5 + 0.56 * max(0.0, facing)) * contrast + gloss * max(
                0.0, facing
            ) ** 14
            if angle > 1.15:
                value += 0.09 * (angle - 1.15) / 0.42
            self.draw.polygon(
                self.px(edges[i] + edges[i + 1][::-1]), fill=tone(colour, value)
            )

    def opening(
        self,
        cx: float,
        y: float,
        r: float,
        colour: RGB,
        *,
        tilt: float = 0.1,
        rim: float = 6,
    ) -> None:
        """The rim and the dark inside of a turned body."""
        self.oval(cx, y, r, r * tilt, (tone(colour, 0.3), tone(colour, -0.05), "h"))
        inner = max(r - rim, r * 0.7)
        self.oval(
            cx,
            y + rim * 0.1,
            inner,
            max(1, r * tilt - rim * 0.45),
            (tone(colour, -0.62), tone(colour, -0.3), "h"),
        )

    def glow(self, x: float, y: float, radius: float, colour: RGB) -> None:
        """Remember a source of light: the scene lets it shine on what surrounds it."""
        self.lights.append((x, y, radius, colour))
