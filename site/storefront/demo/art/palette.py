"""The colours the whole shop is drawn with: named colourways, woods, metals, backdrops."""

RGB = tuple[int, int, int]

COLOURWAYS: dict[str, RGB] = {
    "oat": (226, 213, 190),
    "chalk": (240, 235, 225),
    "sand": (208, 180, 140),
    "clay": (193, 119, 88),
    "rust": (166, 79, 48),
    "ochre": (206, 155, 66),
    "moss": (122, 132, 82),
    "sage": (160, 174, 148),
    "pine": (51, 84, 72),
    "fog": (166, 178, 184),
    "tide": (78, 118, 137),
    "ink": (44, 56, 78),
    "heather": (141, 118, 146),
    "plum": (104, 60, 76),
    "blush": (222, 176, 160),
    "peat": (84, 66, 54),
}

WOODS: tuple[RGB, ...] = (
    (203, 160, 110),
    (178, 128, 82),
    (141, 96, 62),
    (217, 183, 138),
)
BRASS: RGB = (196, 156, 88)
STEEL: RGB = (168, 172, 174)
BLACK: RGB = (52, 50, 50)
LEATHER: RGB = (142, 88, 54)
PAPER: RGB = (244, 239, 229)
WARM_LIGHT: RGB = (255, 222, 160)
GREENS: tuple[RGB, ...] = ((86, 116, 78), (112, 138, 92), (66, 98, 80), (138, 152, 104))

# Studio papers, each as (top of the sweep, floor): chosen to sit behind any colourway.
BACKDROPS: tuple[tuple[RGB, RGB], ...] = (
    ((236, 229, 217), (224, 214, 198)),
    ((228, 230, 226), (214, 216, 210)),
    ((239, 226, 214), (228, 210, 194)),
    ((224, 229, 220), (208, 216, 202)),
    ((232, 226, 228), (219, 211, 212)),
    ((222, 228, 232), (206, 214, 218)),
)

_SHADOW: RGB = (38, 30, 44)
_LIGHT: RGB = (255, 247, 230)


def mix(a: RGB, b: RGB, t: float) -> RGB:
    """The colour `t` of the way from `a` to `b`."""
    t = max(0.0, min(1.0, t))
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def tone(colour: RGB, value: float) -> RGB:
    """`colour` in light (`value` > 0, towards warm white) or shade (< 0, towards a cool dark); -1 to 1."""
    return mix(colour, _LIGHT, value) if value >= 0 else mix(colour, _SHADOW, -value)


def is_dark(colour: RGB) -> bool:
    """Whether `colour` needs a light pattern on it rather than a dark one."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] < 120


def backdrop_for(colour: RGB, pick: int) -> tuple[RGB, RGB]:
    """A studio paper; warm products lean to the cool papers and the other way round."""
    warm = colour[0] > colour[2] + 20
    order = (1, 3, 5, 0, 4, 2) if warm else (0, 2, 4, 0, 1, 3)
    return BACKDROPS[order[pick % len(order)]]
