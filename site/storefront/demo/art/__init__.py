"""Pictures of a shop that does not exist, drawn by rule: same arguments, same bytes.

`draw_product` draws one product; `draw_scene` a room or landscape with products in it. Both give RGB images. Which
names there are: `KINDS`, `SCENES`, `COLOURWAYS`; how many ways to look at a product: `VIEW_COUNT`.
"""

from PIL import Image

from .kinds import KINDS
from .palette import COLOURWAYS
from .scenes import SCENES, scene_picture
from .views import VIEWS

VIEW_COUNT = len(VIEWS)

__all__ = ["COLOURWAYS", "KINDS", "SCENES", "VIEW_COUNT", "draw_product", "draw_scene"]


def draw_product(
    kind: str, *, seed: int, colour: str | None = None, view: int = 0, size: int = 1000
) -> Image.Image:
    """A square picture of one product.

    `seed` is the design (its form), `colour` a colourway (None: the usual one of the kind). Views: 0 packshot, 1
    close-up, 2 in use, 3 on colour, 4 family of colours, 5 in the dark, 6 packaging, 7 working drawing, 8 swatches,
    9 label; higher numbers begin again.
    """
    return VIEWS[view % VIEW_COUNT](size, kind, seed, colour or KINDS[kind].colours[0])


def draw_scene(
    kind: str, *, seed: int, size: tuple[int, int] = (1600, 1000)
) -> Image.Image:
    """A room or a landscape furnished by the shop."""
    return scene_picture(kind, seed=seed, size=size)
