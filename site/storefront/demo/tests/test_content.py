"""The texts as data: complete, safe, and nothing that leads nowhere."""

import re

import pytest

from storefront.demo.art import SCENES
from storefront.demo.catalogue import build_catalogue
from storefront.demo.content import build_content
from storefront.demo.reading import SCENE_ALTS
from storefront.demo.specs import SceneSpec

SIZES = ("tiny", "default", "large")
TAGS = {"p", "h3", "ul", "ol", "li", "b", "i", "a"}


def blocks_of(content):
    for page in content.pages:
        yield from flat(page.body)


def flat(blocks):
    for name, value in blocks:
        yield name, value
        if name == "columns":
            for column in value:
                yield from flat(column)


@pytest.mark.parametrize(
    ("size", "pages"), [("tiny", 8), ("default", 28), ("large", 500)]
)
def test_sizes(size, pages):
    content = build_content(size)

    assert len(content.pages) == pages
    assert len({page.slug for page in content.pages}) == pages


@pytest.mark.parametrize("size", ["tiny", "default"])
def test_same_size_says_the_same(size):
    built_again = build_content.__wrapped__(size)

    assert built_again == build_content(size)


@pytest.mark.parametrize("size", SIZES)
def test_products_exist_and_are_public(size):
    products = build_catalogue(size).by_upc
    named = {
        value
        for name, value in blocks_of(build_content(size))
        if name == "product_card"
    }
    named |= {
        upc
        for name, value in blocks_of(build_content(size))
        if name == "product_grid"
        for upc in value["upcs"]
    }

    assert named
    assert all(products[upc].is_public for upc in named)


@pytest.mark.parametrize("size", ["tiny", "default"])
def test_targets_exist(size):
    content = build_content(size)
    known = {
        f"category:{category.slug}"
        for category in build_catalogue(size).categories
        if category.is_public
    }
    known |= {
        f"{'article' if page.kind == 'article' else 'page'}:{page.slug}"
        for page in content.pages
    }
    targets = {
        value["target"]
        for name, value in blocks_of(content)
        if name == "call_to_action"
    }
    targets |= {
        target
        for menu in (
            content.site.main_menu,
            content.site.footer_menu,
            content.site.legal_menu,
        )
        for _, target in menu
    }

    assert targets <= known


@pytest.mark.parametrize("size", ["tiny", "default"])
def test_html_uses_only_the_agreed_elements(size):
    for name, value in blocks_of(build_content(size)):
        if name == "rich_text":
            assert set(re.findall(r"</?(\w+)", value)) <= TAGS
            assert "*" not in value


def test_every_block_is_used():
    used = {name for name, _ in blocks_of(build_content("default"))}

    assert used == {
        "heading",
        "rich_text",
        "image",
        "image_with_text",
        "quote",
        "call_to_action",
        "gallery",
        "faq",
        "table",
        "columns",
        "product_card",
        "product_grid",
    }


def test_pictures_can_be_drawn_and_are_described():
    assert set(SCENE_ALTS) == set(SCENES)
    for spec in build_content("default").images():
        assert spec.alt
        assert not isinstance(spec, SceneSpec) or spec.scene in SCENES


def test_the_main_articles_are_long_enough():
    articles = [
        page for page in build_content("default").pages if page.kind == "article"
    ]

    assert len(articles) == 14
    for page in articles:
        words = " ".join(str(value) for _, value in flat(page.body)).split()
        assert len(words) >= 200, page.slug
