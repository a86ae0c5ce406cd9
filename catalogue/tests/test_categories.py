import pytest
from django.urls import reverse

from catalogue.factories import CategoryFactory, ProductFactory
from catalogue.models import Category
from catalogue.selectors import (
    category_detail,
    category_links,
    category_menu,
    category_products,
    category_roots,
)
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """Light › Table lamps › Clamp lamps, and Camping."""
    light = CategoryFactory(name="Light")
    lamps = CategoryFactory(name="Table lamps", parent=light)
    clamps = CategoryFactory(name="Clamp lamps", parent=lamps)
    camping = CategoryFactory(name="Camping")
    return light, lamps, clamps, camping


def url(category: Category) -> str:
    return Category.objects.get(pk=category.pk).get_absolute_url()


def menu_names(menu) -> list:
    return [(link.name, menu_names(link.children)) for link in menu]


def test_address_is_right_after_a_rename(tree):
    light, _, clamps, _ = tree
    assert url(clamps).endswith(f"/light/table-lamps/clamp-lamps_{clamps.pk}/")

    light.slug = "lighting"
    light.save()

    assert url(clamps).endswith(f"/lighting/table-lamps/clamp-lamps_{clamps.pk}/")


def test_address_is_right_after_a_move(tree):
    _, lamps, clamps, camping = tree
    assert url(clamps)

    lamps.move(camping, "last-child")

    assert url(clamps).endswith(f"/camping/table-lamps/clamp-lamps_{clamps.pk}/")


def test_move_below_a_hidden_category_hides(tree):
    _, lamps, clamps, camping = tree
    camping.is_public = False
    camping.save()

    lamps.move(camping, "last-child")

    with pytest.raises(Category.DoesNotExist):
        category_detail(clamps.pk)


def test_detail_stands_between_ancestors_and_children(tree):
    light, lamps, clamps, _ = tree
    CategoryFactory(name="Hidden", parent=lamps, is_public=False)

    detail = category_detail(lamps.pk)

    assert detail.category.name == "Table lamps"
    assert [(each.title, each.url) for each in detail.breadcrumbs] == [
        ("Light", url(light)),
        ("Table lamps", url(lamps)),
    ]
    assert [(each.name, each.url) for each in detail.subcategories] == [
        ("Clamp lamps", url(clamps))
    ]


def test_category_below_a_hidden_one_is_not_found(tree):
    light, _, clamps, _ = tree
    light.is_public = False
    light.save()

    with pytest.raises(Category.DoesNotExist):
        category_detail(clamps.pk)


def test_products_of_the_whole_branch_are_listed_once(tree):
    light, lamps, clamps, camping = tree
    inside = ProductFactory(categories=[lamps, clamps])
    ProductFactory(categories=[camping])
    ProductFactory(categories=[lamps], is_public=False)

    assert list(category_products(light.path)) == [inside]


def test_product_only_in_a_hidden_branch_is_not_listed(tree):
    light, lamps, clamps, _ = tree
    ProductFactory(categories=[clamps])
    lamps.is_public = False
    lamps.save()

    assert list(category_products(light.path)) == []


def test_roots_and_links_have_full_addresses(tree):
    light, _, clamps, camping = tree
    context = shop_context()

    links = category_links([clamps.pk, 10**8], context=context)

    assert [(root.name, root.url) for root in category_roots()] == [
        ("Light", url(light)),
        ("Camping", url(camping)),
    ]
    assert {pk: link.url for pk, link in links.items()} == {clamps.pk: url(clamps)}


def test_menu_is_the_public_tree(tree):
    _, _, clamps, _ = tree
    CategoryFactory(name="Outlet", exclude_from_menu=True)
    CategoryFactory(name="Hidden", is_public=False)

    menu = category_menu(shop_context())

    assert menu_names(menu) == [
        ("Light", [("Table lamps", [("Clamp lamps", [])])]),
        ("Camping", []),
    ]
    assert menu[0].children[0].children[0].url == url(clamps)


def test_menu_comes_from_the_cache(tree, django_assert_num_queries):
    context = shop_context()
    category_menu(context)

    with django_assert_num_queries(0):
        category_menu(context)


def _rename(light, lamps, camping):
    light.name = "Lighting"
    light.save()


def _move(light, lamps, camping):
    lamps.move(camping, "last-child")


def _delete(light, lamps, camping):
    Category.objects.get(pk=camping.pk).delete()


@pytest.mark.parametrize("change", [_rename, _move, _delete])
def test_menu_is_right_at_once_after_a_change(
    tree, change, django_capture_on_commit_callbacks
):
    light, lamps, _, camping = tree
    before = menu_names(category_menu(shop_context()))

    with django_capture_on_commit_callbacks(execute=True):
        change(light, lamps, camping)

    after = menu_names(category_menu(shop_context()))
    assert after != before


def test_old_address_leads_to_the_new_one(client, tree):
    _, lamps, clamps, camping = tree
    old = url(clamps)
    lamps.move(camping, "last-child")

    response = client.get(old, {"sort": "newest"})

    assert response.status_code == 301
    assert response["Location"] == f"{url(clamps)}?sort=newest"


def test_hidden_category_is_a_404(client, tree):
    light, *_ = tree
    light.is_public = False
    light.save()

    address = reverse(
        "catalogue:category", kwargs={"category_slug": "light", "pk": light.pk}
    )
    assert client.get(address).status_code == 404
