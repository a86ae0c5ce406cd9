import pytest

from catalogue.factories import (
    AxisFactory,
    CategoryFactory,
    ChildFactory,
    ParentFactory,
    ProductFactory,
)
from catalogue.search.selectors import products_search, products_suggest
from catalogue.search.text import folded
from foundation.core.context import shop_context
from foundation.core.queueing import outbox_drain

pytestmark = pytest.mark.django_db


def find(query, **kwargs) -> list[str]:
    found = products_search(query, context=shop_context(), **kwargs)
    return [card.title for card in found.cards]


def test_title_counts_more_than_description():
    ProductFactory(title="Axe", description="<p>Hangs beside any lantern.</p>")
    ProductFactory(title="Storm lantern")

    assert find("lantern") == ["Storm lantern", "Axe"]


def test_all_words_must_be_found():
    ProductFactory(title="Storm lantern")
    ProductFactory(title="Storm jacket")

    assert find("storm lantern") == ["Storm lantern"]


@pytest.mark.parametrize("query", ["Öllämpchen", "OLLAMPCHEN", "öllämpchen "])
def test_accents_and_case_do_not_matter(query):
    ProductFactory(title="Öllämpchen")

    assert find(query) == ["Öllämpchen"]


def test_hidden_products_and_variants_are_left_out():
    ProductFactory(title="Lantern hidden", is_public=False)
    parent = ParentFactory(title="Lantern parent")
    ChildFactory(parent=parent, title="Lantern child")

    assert find("lantern") == ["Lantern parent"]


def test_product_hidden_later_is_no_longer_found():
    product = ProductFactory(title="Lantern")
    type(product).objects.filter(pk=product.pk).update(is_public=False)

    assert find("lantern") == []


def test_product_is_found_by_number_category_and_option(outbox_tasks):
    lamps = CategoryFactory(name="Illumination")
    parent = ParentFactory(title="Lantern", upc="LNT-1", categories=[lamps])
    axis = AxisFactory(product_class=parent.product_class, options=["Vermilion"])
    red = axis.option_group.options.get()
    ChildFactory(parent=parent, upc="LNTRED", attributes={"colour": red})
    outbox_drain()

    for query in ("LNT-1", "lntred", "illumination", "vermilion"):
        assert find(query) == ["Lantern"]


def test_renamed_product_is_found_by_its_new_name_alone():
    product = ProductFactory(title="Lantern")
    product.title = "Torch"
    product.save()

    assert find("torch") == ["Torch"]
    assert find("lantern") == []


@pytest.mark.parametrize("query", ["", "   ", "\x00", "'", '"', "&|!()", "x" * 5000])
def test_nonsense_finds_nothing_and_breaks_nothing(query):
    ProductFactory(title="Lantern")

    assert find(query) == []


def test_search_has_pages():
    ProductFactory.create_batch(3, title="Lantern")

    found = products_search("lantern", context=shop_context(), page="9", per_page=2)

    assert (found.page.number, len(found.cards)) == (2, 1)


def test_search_takes_five_statements(django_assert_num_queries):
    # 1 count, 1 the page, 3 cards: products, stock, images (nothing is reduced)
    ProductFactory.create_batch(5, title="Lantern")
    context = shop_context()

    with django_assert_num_queries(5):
        products_search("lantern", context=context)


def test_suggestions_complete_a_word(django_assert_num_queries):
    product = ProductFactory(title="Storm lantern")
    ProductFactory(title="Axe")

    with django_assert_num_queries(1):
        found = products_suggest("lan")

    assert found == [("Storm lantern", product.get_absolute_url())]


def test_folding_keeps_letters_of_other_scripts():
    assert folded("Straße Łódź Ærø Ελλάδα") == "strasse lodz aero ελλαδα"
