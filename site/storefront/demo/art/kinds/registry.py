"""Which kinds of product can be drawn, how tall they are and where they belong."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ..canvas import Canvas
from ..palette import RGB

GROUND = 880.0

Drawing = Callable[[Canvas, Random, RGB], None]


@dataclass(frozen=True)
class Kind:
    """A drawable kind. `height` in metres of what fills 1000 units; `place`: table, floor, wall, ceiling or outdoor.

    `lies`: photographed from above, lying on the paper.
    """

    name: str
    draw: Drawing
    height: float
    place: str
    colours: tuple[str, ...]
    focus: tuple[float, float]
    lies: bool


KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    height: float,
    place: str,
    colours: str,
    focus: tuple[float, float] = (500, 500),
    lies: bool = False,
) -> Callable[[Drawing], Drawing]:
    """Register a drawing; `focus` is the spot that the close-up shows, `colours` its usual colourways."""

    def register(draw: Drawing) -> Drawing:
        KINDS[name] = Kind(
            name, draw, height, place, tuple(colours.split()), focus, lies
        )
        return draw

    return register
