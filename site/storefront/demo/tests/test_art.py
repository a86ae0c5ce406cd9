"""The drawings: every one can be drawn, and always in the same way."""

import pytest

from storefront.demo.art import (
    COLOURWAYS,
    KINDS,
    SCENES,
    VIEW_COUNT,
    draw_product,
    draw_scene,
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_draws_in_all_its_designs(kind):
    pictures = {draw_product(kind, seed=seed, size=40).tobytes() for seed in range(4)}

    assert len(pictures) > 1


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_usual_colours_exist(kind):
    assert set(KINDS[kind].colours) <= set(COLOURWAYS)


@pytest.mark.parametrize("kind", ["pendant-lamp", "clock", "tent", "mug", "chair"])
def test_a_product_has_nine_different_views(kind):
    pictures = {
        draw_product(kind, seed=1, view=view, size=64).tobytes()
        for view in range(VIEW_COUNT)
    }

    assert VIEW_COUNT >= 9
    assert len(pictures) == VIEW_COUNT


def test_same_arguments_draw_the_same_bytes():
    arguments = {"seed": 7, "colour": "rust", "view": 2, "size": 90}

    assert (
        draw_product("planter", **arguments).tobytes()
        == draw_product("planter", **arguments).tobytes()
    )
    assert (
        draw_scene("coast", seed=3, size=(96, 60)).tobytes()
        == draw_scene("coast", seed=3, size=(96, 60)).tobytes()
    )


def test_colour_and_seed_matter():
    plain = draw_product("vase", seed=1, colour="clay", size=64)

    assert (
        draw_product("vase", seed=1, colour="tide", size=64).tobytes()
        != plain.tobytes()
    )
    assert (
        draw_product("vase", seed=2, colour="clay", size=64).tobytes()
        != plain.tobytes()
    )


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_fills_the_size_asked_for(scene):
    picture = draw_scene(scene, seed=1, size=(120, 90))

    assert picture.size == (120, 90)
    assert picture.mode == "RGB"
    assert (0, 0, 0) not in {colour for _, colour in picture.getcolors(120 * 90)}
