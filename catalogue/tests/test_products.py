from decimal import Decimal

import pytest

from catalogue.factories import (
    AxisFactory,
    CategoryFactory,
    ChildFactory,
    ParentFactory,
    ProductAttributeFactory,
    ProductFactory,
    ProductImageFactory,
    ProductReviewFactory,
)
from catalogue.models import ProductRecommendation
from catalogue.selectors import ProductNotFoundError, product_detail
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def tent():
    """A tent in two colours and sizes; the large red one is missing, the small blue one sold out."""
    parent = ParentFactory(title="Tent", upc="TENT")
    colour = AxisFactory(
        product_class=parent.product_class, options=["Red", "Blue"]
    ).option_group
    size = AxisFactory(
        name="Size",
        code="size",
        product_class=parent.product_class,
        option_group__name="Sizes",
        options=["Small", "Large"],
    ).option_group
    option = {
        each.option: each for each in [*colour.options.all(), *size.options.all()]
    }

    def variant(colour_name, size_name, price, pieces):
        return ChildFactory(
            parent=parent,
            attributes={"colour": option[colour_name], "size": option[size_name]},
            stockrecords__price=Decimal(price),
            stockrecords__num_in_stock=pieces,
        )

    parent.red_small = variant("Red", "Small", "100.00", 9)
    parent.blue_small = variant("Blue", "Small", "110.00", 0)
    parent.blue_large = variant("Blue", "Large", "120.00", 2)
    return parent


def detail(product, variant=None):
    return product_detail(
        product.pk, context=shop_context(), variant=variant and variant.pk
    )


def axes(shown):
    return [
        (
            axis.name,
            [
                (each.label, each.is_selected, each.is_available)
                for each in axis.options
            ],
        )
        for axis in shown.axes
    ]


def test_first_variant_that_can_be_bought_is_shown(tent):
    tent.red_small.stockrecords.update(num_in_stock=0)

    assert detail(tent).selected.id == tent.blue_large.pk


def test_chosen_variant_gives_price_and_stock(tent):
    shown = detail(tent, tent.blue_large)

    assert shown.selected.id == tent.blue_large.pk
    assert shown.price.amount == Decimal("120.00")
    assert not shown.price.is_from
    assert shown.availability.message == "Only 2 left"


def test_sold_out_variant_can_be_looked_at(tent):
    shown = detail(tent, tent.blue_small)

    assert shown.availability.code == "outofstock"
    assert axes(shown) == [
        ("Colour", [("Red", False, True), ("Blue", True, False)]),
        ("Size", [("Small", True, False), ("Large", False, True)]),
    ]


def test_options_lead_to_the_variant_that_differs_least(tent):
    url = tent.get_absolute_url()

    shown = detail(tent, tent.red_small)

    assert [(each.label, each.url) for axis in shown.axes for each in axis.options] == [
        ("Red", f"{url}?variant={tent.red_small.pk}"),
        ("Blue", f"{url}?variant={tent.blue_small.pk}"),
        ("Small", f"{url}?variant={tent.red_small.pk}"),
        ("Large", f"{url}?variant={tent.blue_large.pk}"),  # there is no large red one
    ]


@pytest.mark.parametrize("hidden", [True, False])
def test_foreign_or_hidden_variant_is_not_shown(tent, hidden):
    wrong = tent.blue_large if hidden else ChildFactory()
    type(wrong).objects.filter(pk=wrong.pk).update(is_public=not hidden)

    assert detail(tent, wrong).selected.id == tent.red_small.pk


def test_variant_shows_its_own_pictures_first(tent):
    of_parent = ProductImageFactory(product=tent)
    of_child = ProductImageFactory(product=tent.blue_large, caption="Blue one")
    ProductImageFactory(product=tent.blue_large, original=of_parent.original)

    shown = detail(tent, tent.blue_large)

    assert [image.alt for image in shown.gallery] == ["Blue one", "Tent"]
    assert shown.gallery[0].url.endswith(of_child.original.file.name)
    assert [image.alt for image in detail(tent, tent.red_small).gallery] == ["Tent"]


def test_attributes_are_listed_beside_the_axes(tent):
    ProductAttributeFactory(
        product_class=tent.product_class, code="fabric", name="Fabric", type="text"
    )
    ProductAttributeFactory(
        product_class=tent.product_class, code="weight", name="Weight", type="integer"
    )
    tent.attr.fabric = "Cotton <i>"
    tent.attr.weight = 900
    tent.save()
    tent.blue_large.attr.weight = 1200
    tent.blue_large.save()

    shown = detail(tent, tent.blue_large)

    assert [(each.label, each.value) for each in shown.attributes] == [
        ("Fabric", "Cotton <i>"),
        ("Weight", "1200"),
    ]


def test_stand_alone_product_has_no_axes():
    product = ProductFactory(stockrecords__price=Decimal("9.00"))

    shown = detail(product)

    assert (shown.axes, shown.variants, shown.selected) == ([], [], None)
    assert shown.price.amount == Decimal("9.00")
    assert shown.gallery == []


def test_breadcrumbs_follow_the_deepest_public_category():
    light = CategoryFactory(name="Light")
    lamps = CategoryFactory(name="Lamps", parent=light)
    hidden = CategoryFactory(name="Hidden", parent=lamps, is_public=False)
    product = ProductFactory(title="Lamp", categories=[light, lamps, hidden])

    shown = detail(product)

    assert [(each.title, each.url) for each in shown.breadcrumbs] == [
        ("Light", light.get_absolute_url()),
        ("Lamps", lamps.get_absolute_url()),
        ("Lamp", ""),
    ]


def test_recommendations_come_by_rank_and_public_only():
    product, first, second, hidden = ProductFactory.create_batch(4)
    type(hidden).objects.filter(pk=hidden.pk).update(is_public=False)
    for other, ranking in ((second, 1), (first, 5), (hidden, 9)):
        ProductRecommendation.objects.create(
            primary=product, recommendation=other, ranking=ranking
        )

    shown = detail(product)

    assert [card.id for card in shown.recommendations] == [first.pk, second.pk]
    assert shown.recommendations[0].price is not None


def test_approved_reviews_are_shown_and_counted():
    product = ProductFactory()
    ProductReviewFactory(product=product, score=4, title="Fine")
    ProductReviewFactory(product=product, score=1, title="Waits", status=0)

    shown = detail(product)

    assert [(each.title, each.reviewer_name) for each in shown.reviews] == [
        ("Fine", "Ada")
    ]
    assert (shown.rating, shown.review_count) == (Decimal("4.0"), 1)


@pytest.mark.parametrize("kind", ["hidden", "variant", "unknown"])
def test_what_is_no_public_product_is_not_found(tent, kind):
    pk = {
        "hidden": ProductFactory(is_public=False).pk,
        "variant": tent.red_small.pk,
        "unknown": 10**8,
    }[kind]

    with pytest.raises(ProductNotFoundError):
        product_detail(pk, context=shop_context())


# --- The page -----------------------------------------------------------------------


def test_page_shows_the_chosen_variant(client, tent):
    response = client.get(tent.get_absolute_url(), {"variant": tent.blue_large.pk})

    html = response.content.decode()
    assert response.status_code == 200
    assert "€120.00" in html
    assert f'name="child_id" value="{tent.blue_large.pk}"' in html
    assert f"?variant={tent.red_small.pk}" in html


@pytest.mark.parametrize("variant", ["x", "-1", "99999999999999999999", "٣", ""])
def test_nonsense_variant_shows_the_first(client, tent, variant):
    response = client.get(tent.get_absolute_url(), {"variant": variant})

    assert response.status_code == 200
    assert response.context["detail"].selected.id == tent.red_small.pk


def test_address_of_a_variant_leads_to_its_parent(client, tent):
    response = client.get(tent.red_small.get_absolute_url())

    assert response.status_code == 301
    assert response["Location"] == (
        f"{tent.get_absolute_url()}?variant={tent.red_small.pk}"
    )


def test_address_with_an_old_title_leads_to_the_new_one(client, tent):
    response = client.get(f"/catalogue/old-name_{tent.pk}/?variant=5")

    assert response.status_code == 301
    assert response["Location"] == f"{tent.get_absolute_url()}?variant=5"


def test_withdrawn_product_and_its_variants_are_404(client, tent):
    type(tent).objects.filter(pk=tent.pk).update(is_public=False)

    assert client.get(tent.get_absolute_url()).status_code == 404
    assert client.get(tent.red_small.get_absolute_url()).status_code == 404


def test_html_in_a_name_is_shown_as_text(client):
    product = ProductFactory(title="<script>alert(1)</script>")

    html = client.get(product.get_absolute_url()).content.decode()

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_pages_set_no_cookie_and_do_not_vary_on_it(client, tent):
    category = CategoryFactory()
    ProductFactory(categories=[category])
    client.cookies["sessionid"] = "somebody"
    client.cookies["oscar_open_basket"] = "1:x"

    for url in ("/catalogue/", category.get_absolute_url(), tent.get_absolute_url()):
        response = client.get(url)

        assert response.status_code == 200
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()


def test_product_without_image_links_no_file_into_the_media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)

    image = ProductFactory().primary_image()

    assert image["is_missing"]
    assert list(tmp_path.iterdir()) == []
