from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from wagtail.blocks import StructBlockValidationError

from catalogue.factories import CategoryFactory, LibraryImageFactory, ProductFactory
from cms_pages import factories
from cms_pages.blocks import BodyBlock, ColumnBodyBlock
from cms_pages.stories import story_read
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db

NAMES = {
    "heading",
    "rich_text",
    "image",
    "image_with_text",
    "quote",
    "call_to_action",
    "gallery",
    "embed",
    "faq",
    "table",
    "columns",
    "product_card",
    "product_grid",
}
TEXT = '<p>Made of <b>wool</b>, <a linktype="page" id="{page}">as told</a>.</p>'


@pytest.fixture
def things(home):
    return {
        "image": LibraryImageFactory(title="Lantern by a tent").pk,
        "page": factories.standard_page(title="Wool", slug="wool").pk,
        "product": ProductFactory(title="Storm lantern").pk,
        "category": CategoryFactory(name="Lighting").pk,
    }


def full(things) -> dict:
    """A stored value of each block, with everything that it may hold."""
    text = TEXT.format(**things)
    image = {"image": things["image"], "caption": "At the lake"}
    heading = {"text": "Warm", "level": "h3"}
    return {
        "heading": heading,
        "rich_text": text,
        "image": image,
        "image_with_text": {"image": things["image"], "text": text, "side": "end"},
        "quote": {"text": "Never wrung.", "attribution": "Ida"},
        "call_to_action": {
            "title": "Need help?",
            "text": text,
            "label": "Ask us",
            "link": [{"type": "page", "value": things["page"]}],
            "style": "strong",
        },
        "gallery": {"images": [image]},
        "embed": {"embed": "https://example.com/film", "caption": "How it is made"},
        "faq": {
            "title": "Before you ask",
            "items": [{"question": "Washable?", "answer": text}],
        },
        "table": {
            "caption": "Sizes",
            "table": {
                "columns": [
                    {"type": "text", "heading": "Size"},
                    {"type": "rich_text", "heading": "Weight"},
                ],
                "rows": [{"values": ["M", text]}],
                "caption": "",
            },
        },
        "columns": {
            "columns": [
                {"body": [{"type": "heading", "value": heading}]},
                {"body": [{"type": "rich_text", "value": text}]},
            ]
        },
        "product_card": {"product_id": things["product"], "note": "Burns all night"},
        "product_grid": {
            "title": "For the dark",
            "product_ids": [things["product"]],
            "category_id": None,
            "limit": 4,
            "layout": "strip",
        },
    }


SHOWN = {
    "heading": ["<h3>Warm</h3>"],
    "rich_text": ['<b>wool</b>, <a href="/wool/">as told</a>'],
    "image": ["Lantern by a tent", "At the lake"],
    "image_with_text": ["Lantern by a tent", "<b>wool</b>", "--end"],
    "quote": ["Never wrung.", "Ida"],
    "call_to_action": ["Need help?", "<b>wool</b>", 'href="/wool/">Ask us</a>'],
    "gallery": ["Lantern by a tent", "At the lake"],
    "embed": ['href="https://example.com/film"', "How it is made"],
    "faq": ["Before you ask", "Washable?", "<b>wool</b>"],
    "table": ["Sizes", "Size", "Weight", "<td>M</td>", "<b>wool</b>"],
    "columns": ["<h3>Warm</h3>", "<b>wool</b>"],
    "product_card": ["Storm lantern", "Burns all night"],
    "product_grid": ["Storm lantern", "For the dark"],
}


def draw(raw: list[dict]) -> str:
    body = BodyBlock().to_python(raw)
    context = {
        "body": body,
        "story": story_read(body, context=shop_context()),
        "request": RequestFactory().get("/"),
    }
    return render_to_string("cms_pages/includes/body.html", context)


def test_names_are_for_ever():
    assert set(BodyBlock().child_blocks) == NAMES


def test_reference_page_lists_every_block():
    text = Path("docs/reference/blocks.md").read_text()

    assert [name for name in sorted(NAMES) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_full_block_shows_all_it_holds(things, name):
    html = draw([{"type": name, "value": full(things)[name]}])

    assert [part for part in SHOWN[name] if part not in html] == []
    assert "style=" not in html


@pytest.mark.parametrize("name", sorted(NAMES))
def test_empty_block_can_be_drawn(db, name):
    block = BodyBlock().child_blocks[name]
    empty = block.get_prep_value(block.get_default())

    html = draw([{"type": name, "value": empty}])

    assert "None" not in html
    assert "style=" not in html


@pytest.mark.parametrize("name", sorted(NAMES))
def test_block_has_icon_description_and_preview(things, name):
    block = BodyBlock().child_blocks[name]
    context = block.get_preview_context(block.get_preview_value())

    assert block.meta.icon != "placeholder"
    assert block.meta.description
    assert block.is_previewable
    assert block.render(block.get_preview_value(), context).strip()


@pytest.mark.parametrize("name", ["image", "gallery", "product_card", "product_grid"])
def test_preview_shows_things_of_this_shop(things, name):
    block = BodyBlock().child_blocks[name]

    html = block.render(block.get_preview_value())

    expected = "Storm lantern" if name.startswith("product") else "Lantern by a tent"
    assert expected in html


@pytest.mark.parametrize("name", sorted(NAMES))
def test_template_is_named_like_the_block(name):
    block = BodyBlock().child_blocks[name]

    assert block.meta.template == f"cms_pages/blocks/{name}.html"


def test_columns_hold_only_blocks_of_the_body():
    assert set(ColumnBodyBlock().child_blocks) <= NAMES


@pytest.mark.parametrize(
    ("kind", "url"),
    [("address", "https://example.com/"), ("product", None), ("category", None)],
)
def test_call_to_action_leads_to_what_was_chosen(things, kind, url):
    value = full(things)["call_to_action"]
    value["link"] = [{"type": kind, "value": url or things[kind]}]

    html = draw([{"type": "call_to_action", "value": value}])

    expected = {
        "product": f"_{things['product']}/",
        "category": f"_{things['category']}/",
        "address": "https://example.com/",
    }[kind]
    assert f'{expected}">Ask us</a>' in html


def test_call_to_action_without_a_target_has_no_button(things):
    value = full(things)["call_to_action"]
    value["link"] = [{"type": "product", "value": 10**6}]

    html = draw([{"type": "call_to_action", "value": value}])

    assert "Need help?" in html
    assert "Ask us" not in html


def test_withdrawn_product_draws_nothing(things):
    withdrawn = ProductFactory(is_public=False, title="Recalled stove")
    blocks = [
        {"type": "product_card", "value": {"product_id": withdrawn.pk, "note": "Hot"}},
        {
            "type": "product_grid",
            "value": {"title": "Stoves", "product_ids": [withdrawn.pk]},
        },
    ]

    html = draw(blocks)

    assert "Recalled stove" not in html
    assert "Hot" not in html
    assert "Stoves" not in html


def test_deleted_image_and_page_draw_no_error(things):
    blocks = full(things)
    blocks["image"]["image"] = 10**6
    blocks["rich_text"] = TEXT.format(page=10**6)

    html = draw(
        [{"type": name, "value": blocks[name]} for name in ("image", "rich_text")]
    )

    assert "<a>as told</a>" in html
    assert "Lantern" not in html


def test_grid_of_a_category_shows_its_newest_and_those_below(things):
    category = CategoryFactory(name="Camping")
    stoves = CategoryFactory(name="Stoves", parent=category)
    older = ProductFactory(title="Old stove", categories=[stoves])
    newer = ProductFactory(title="New tent", categories=[category])
    ProductFactory(title="Hidden tent", categories=[category], is_public=False)
    grid = {"title": "Camp", "product_ids": [], "category_id": category.pk}

    both = draw([{"type": "product_grid", "value": grid | {"limit": 4}}])
    one = draw([{"type": "product_grid", "value": grid | {"limit": 1}}])

    assert both.index(newer.title) < both.index(older.title)
    assert "Hidden tent" not in both
    assert newer.title in one
    assert older.title not in one


def test_grid_without_products_or_category_is_refused():
    block = BodyBlock().child_blocks["product_grid"]
    value = block.to_python({"title": "Nothing", "product_ids": [], "limit": 4})

    with pytest.raises(StructBlockValidationError) as error:
        block.clean(value)

    assert set(error.value.block_errors) == {"category_id"}


def test_references_to_products_are_indexed(things):
    body = BodyBlock().to_python(
        [{"type": "product_card", "value": full(things)["product_card"]}]
    )

    references = list(BodyBlock().extract_references(body))

    assert [pk for _model, pk, _path, _place in references] == [str(things["product"])]


@pytest.mark.parametrize(
    ("missing", "value"), [("label", ""), ("link", []), ("title", "")]
)
def test_call_to_action_needs_title_label_and_link(things, missing, value):
    block = BodyBlock().child_blocks["call_to_action"]
    whole = full(things)["call_to_action"] | {
        "link": [{"type": "address", "value": "https://example.com/"}]
    }
    assert block.clean(block.to_python(whole))["label"] == "Ask us"

    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.to_python(whole | {missing: value}))

    assert list(caught.value.block_errors) == [missing]
