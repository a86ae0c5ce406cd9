from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from oscar.core.loading import get_model
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)

from catalogue.factories import (
    CategoryFactory,
    ChildFactory,
    ParentFactory,
    ProductClassFactory,
    ProductFactory,
)
from catalogue.models import Product
from catalogue.offer.applicator import Applicator
from catalogue.offer.models import Range
from catalogue.offer.rounding import discount_round, discount_spread
from catalogue.partner.strategy import Strategy
from foundation.core import clock
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def offer_make(product_range=None, *, percent=10, starts=None, ends=None, **kwargs):
    product_range = product_range or RangeFactory(
        includes_all_products=True, products=[]
    )
    return ConditionalOfferFactory(
        condition=ConditionFactory(range=product_range, type="Count", value=1),
        benefit=BenefitFactory(range=product_range, type="Percentage", value=percent),
        start_datetime=starts,
        end_datetime=ends,
        **kwargs,
    )


def basket_make(*products, at=None):
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = Strategy(context=shop_context(at=at))
    for product in products:
        basket.add_product(product)
    basket.reset_offer_applications()
    return basket


def discounts(basket) -> list[Decimal]:
    Applicator().apply(basket, AnonymousUser())
    return [application["discount"] for application in basket.offer_applications]


# --- The clock ----------------------------------------------------------------------


def test_site_offer_holds_at_the_moment_of_the_basket():
    starts = clock.now() + 10 * HOUR
    offer_make(starts=starts, ends=starts + HOUR)
    product = ProductFactory(stockrecords__price=Decimal("50.00"))

    assert discounts(basket_make(product, at=starts - HOUR)) == []
    assert discounts(basket_make(product, at=starts)) == [Decimal("5.00")]
    assert discounts(basket_make(product, at=starts + 2 * HOUR)) == []


def test_offer_page_is_there_while_the_offer_is_open(client):
    offer = offer_make(starts=clock.now() - HOUR, ends=clock.now() + HOUR)
    ended = offer_make(ends=clock.now() - HOUR)
    ProductFactory()

    assert client.get(f"/offers/{offer.slug}/").status_code == 200
    assert client.get(f"/offers/{ended.slug}/").status_code == 404
    assert list(client.get("/offers/").context["offers"]) == [offer]


def test_offer_pages_set_no_cookie_and_do_not_vary_on_it(client):
    offer = offer_make()
    ProductFactory()

    for url in ("/offers/", f"/offers/{offer.slug}/"):
        response = client.get(url)

        assert response.status_code == 200
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()


# --- Discounts on the cent ----------------------------------------------------------


def test_lines_add_up_to_the_discount():
    offer_make(percent=33)
    products = [
        ProductFactory(stockrecords__price=Decimal(price))
        for price in ("9.99", "0.05", "3.33")
    ]
    basket = basket_make(*products)

    [total] = discounts(basket)

    per_line = [line.discount_value for line in basket.all_lines()]
    assert total == Decimal("4.41")
    assert sum(per_line) == total
    assert per_line == [Decimal("3.30"), Decimal("0.01"), Decimal("1.10")]


def test_spread_gives_left_over_cents_to_those_that_lost_most():
    third = Decimal("10") / 3

    assert discount_spread([third] * 3, Decimal("10.00")) == [
        Decimal("3.34"),
        Decimal("3.33"),
        Decimal("3.33"),
    ]
    assert discount_spread([], Decimal("0.00")) == []


def test_half_a_cent_is_rounded_up():
    assert discount_round(Decimal("0.125")) == Decimal("0.13")


# --- Ranges -------------------------------------------------------------------------


@pytest.fixture
def goods():
    """A product of each kind, by name."""
    light = CategoryFactory(name="Light")
    lamps = CategoryFactory(name="Lamps", parent=light)
    parent = ParentFactory(title="Parent", categories=[lamps])
    return {
        "light": light,
        "lamp": ProductFactory(title="Lamp", categories=[lamps]),
        "parent": parent,
        "child": ChildFactory(parent=parent, title="Child"),
        "book": ProductFactory(
            title="Book", product_class=ProductClassFactory(name="Books")
        ),
        "axe": ProductFactory(title="Axe"),
    }


def _titles(product_range: Range) -> set[str]:
    return set(product_range.all_products().values_list("title", flat=True))


def _all(product_range, goods):
    product_range.includes_all_products = True


def _all_but_axe(product_range, goods):
    product_range.includes_all_products = True
    product_range.excluded_products.add(goods["axe"])


def _all_but_category(product_range, goods):
    product_range.includes_all_products = True
    product_range.excluded_categories.add(goods["light"])


def _category(product_range, goods):
    product_range.included_categories.add(goods["light"])


def _class(product_range, goods):
    product_range.classes.add(goods["book"].product_class)


def _products(product_range, goods):
    product_range.add_product(goods["parent"])
    product_range.add_product(goods["axe"])


def _category_without_parent(product_range, goods):
    product_range.included_categories.add(goods["light"])
    product_range.excluded_products.add(goods["parent"])


@pytest.mark.parametrize(
    ("fill", "inside"),
    [
        (_all, {"Lamp", "Parent", "Child", "Book", "Axe"}),
        (_all_but_axe, {"Lamp", "Parent", "Child", "Book"}),
        (_all_but_category, {"Book", "Axe"}),
        (_category, {"Lamp", "Parent", "Child"}),
        (_class, {"Book"}),
        (_products, {"Parent", "Child", "Axe"}),
        (_category_without_parent, {"Lamp"}),
    ],
)
def test_range_holds_its_products_and_their_variants(
    goods, fill, inside, django_assert_num_queries
):
    product_range = RangeFactory(products=[])
    fill(product_range, goods)
    product_range.invalidate_cached_queryset()

    with django_assert_num_queries(1):
        found = _titles(product_range)

    assert found == inside


def test_range_answers_for_a_whole_basket_with_one_statement(
    goods, django_assert_num_queries
):
    product_range = RangeFactory(products=[])
    product_range.included_categories.add(goods["light"])
    products = list(Product.objects.order_by("pk"))

    with django_assert_num_queries(1):
        product_range.remember(products)
        inside = {
            product.title
            for product in products
            if product_range.contains_product(product)
        }

    assert inside == {"Lamp", "Parent", "Child"}


def test_range_forgets_what_it_remembered_when_it_changes(goods):
    product_range = RangeFactory(products=[])
    product_range.remember([goods["axe"]])
    assert not product_range.contains_product(goods["axe"])

    product_range.add_product(goods["axe"])

    assert product_range.contains_product(goods["axe"])


def test_offers_on_a_basket_take_three_statements_however_many_lines(
    django_assert_num_queries,
):
    # 1 site offers with condition, benefit and ranges, 1 vouchers, 1 the range they share
    offer_make()
    basket = basket_make(*ProductFactory.create_batch(6))
    lines = list(basket.all_lines())
    for line in lines:
        assert line.purchase_info

    with django_assert_num_queries(3):
        Applicator().apply(basket, AnonymousUser())

    assert len(list(basket.offer_applications)) == 1


def test_range_page_keeps_the_order_of_staff(client, goods):
    product_range = RangeFactory(name="Gifts", is_public=True, products=[])
    product_range.add_product(goods["axe"], display_order=2)
    product_range.add_product(goods["book"], display_order=1)
    hidden = RangeFactory(name="Inside", is_public=False, products=[])

    response = client.get(f"/catalogue/ranges/{product_range.slug}/")

    assert [card.title for card in response.context["cards"]] == ["Book", "Axe"]
    assert client.get(f"/catalogue/ranges/{hidden.slug}/").status_code == 404
