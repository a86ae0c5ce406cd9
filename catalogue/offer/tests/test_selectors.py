"""Which offers cards and product pages promise: those that everybody's basket applies to one piece."""

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
from catalogue.offer.models import ConditionalOffer
from catalogue.partner.strategy import Strategy
from catalogue.selectors import product_cards, product_detail
from foundation.core import clock
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def everything():
    return RangeFactory(includes_all_products=True, products=[])


def offer_make(
    products=None, *, benefit=("Percentage", 10), condition=("Count", 1), **fields
):
    products = products or everything()
    kind, value = benefit
    condition_kind, condition_value = condition
    return ConditionalOfferFactory(
        condition=ConditionFactory(
            range=products, type=condition_kind, value=condition_value
        ),
        benefit=BenefitFactory(
            range=None if kind.startswith("Shipping") else products,
            type=kind,
            value=value,
            max_affected_items=None,
        ),
        **fields,
    )


def promised(product, at=None) -> str | None:
    """What the product's card says about an offer."""
    [card] = product_cards([product.pk], context=shop_context(at=at))
    return card.price.offer.saving if card.price.offer else None


def reduced(product) -> bool:
    """Whether an anonymous basket with one piece costs less than the piece."""
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = Strategy(context=shop_context())
    basket.add_product(product)
    basket.reset_offer_applications()
    Applicator().apply(basket, AnonymousUser())
    return basket.total_discount > 0


def test_offer_on_one_piece_is_shown_with_its_name_and_page():
    offer = offer_make(name="Long evenings")
    product = ProductFactory()

    [card] = product_cards([product.pk], context=shop_context())
    detail = product_detail(product.pk, context=shop_context())

    assert card.price.offer == detail.price.offer
    assert card.price.offer.name == "Long evenings"
    assert card.price.offer.url == f"/offers/{offer.slug}/"
    assert card.price.offer.saving == "−10\xa0% in the basket"
    assert card.price.amount == Decimal("12.00")


@pytest.mark.parametrize(
    ("benefit", "saving"),
    [
        (("Percentage", Decimal("12.50")), "−12.5\xa0% in the basket"),
        (("Absolute", Decimal(5)), "−€5.00 in the basket"),
        (("Fixed", Decimal(20)), "−€12.00 in the basket"),
        (("Multibuy", None), None),
        (("Fixed price", Decimal(5)), None),
        (("Shipping percentage", Decimal(100)), None),
    ],
)
def test_saving_is_said_where_it_is_plain(benefit, saving):
    offer_make(benefit=benefit)

    assert promised(ProductFactory()) == saving


@pytest.mark.parametrize(
    ("condition", "is_shown"),
    [
        (("Count", 1), True),
        (("Count", 2), False),
        (("Coverage", 1), True),
        (("Coverage", 2), False),
        (("Value", Decimal(12)), True),
        (("Value", Decimal("12.01")), False),
    ],
)
def test_one_piece_must_satisfy_the_condition(condition, is_shown):
    offer_make(condition=condition)
    product = ProductFactory(stockrecords__price=Decimal(12))

    assert bool(promised(product)) is is_shown
    assert reduced(product) is is_shown


def test_offer_is_shown_while_it_is_open():
    starts = clock.now() + 10 * HOUR
    offer_make(start_datetime=starts, end_datetime=starts + HOUR)
    product = ProductFactory()

    assert promised(product, at=starts - HOUR) is None
    assert promised(product, at=starts) == "−10\xa0% in the basket"
    assert promised(product, at=starts + 2 * HOUR) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"offer_type": ConditionalOffer.VOUCHER},
        {"offer_type": ConditionalOffer.SESSION},
        {"status": ConditionalOffer.SUSPENDED},
        {"max_user_applications": 1},
        {"max_global_applications": 3, "num_applications": 3},
        {"max_discount": Decimal(100), "total_discount": Decimal(95)},
    ],
)
def test_offer_that_not_everybody_gets_is_not_shown(fields):
    offer_make(**fields)

    assert promised(ProductFactory()) is None


def test_offer_with_room_left_is_shown():
    offer_make(max_global_applications=3, num_applications=2, max_discount=Decimal(100))

    assert promised(ProductFactory()) == "−10\xa0% in the basket"


def test_offer_that_is_applied_first_is_shown():
    offer_make(benefit=("Percentage", 10), priority=1)
    offer_make(benefit=("Percentage", 20), priority=2)
    offer_make(benefit=("Percentage", 30), priority=0)

    assert promised(ProductFactory()) == "−20\xa0% in the basket"


def test_offer_on_delivery_hides_no_other():
    offer_make(benefit=("Shipping percentage", 100), priority=2)
    offer_make(benefit=("Percentage", 10), priority=1)

    assert promised(ProductFactory()) == "−10\xa0% in the basket"


def test_product_without_discounts_shows_no_offer():
    offer_make()
    product = ProductFactory(is_discountable=False)

    assert promised(product) is None
    assert reduced(product) is False


def test_condition_and_benefit_must_both_cover_the_product():
    lamp, axe = ProductFactory(), ProductFactory()
    ConditionalOfferFactory(
        condition=ConditionFactory(range=everything(), type="Count", value=1),
        benefit=BenefitFactory(
            range=RangeFactory(products=[lamp]), type="Percentage", value=10
        ),
    )

    assert promised(lamp) == "−10\xa0% in the basket"
    assert promised(axe) is None


# --- Ranges: the same answer as Range.contains_product --------------------------------


@pytest.fixture
def goods():
    light = CategoryFactory(name="Light")
    lamps = CategoryFactory(name="Lamps", parent=light)
    parent = ParentFactory(title="Parent", categories=[lamps])
    books = ProductClassFactory(name="Books")
    return {
        "light": light,
        "lamps": lamps,
        "books": books,
        "parent": parent,
        "lamp": ProductFactory(title="Lamp", categories=[lamps]),
        "child": ChildFactory(parent=parent, title="Child"),
        "book": ProductFactory(title="Book", product_class=books),
        "axe": ProductFactory(title="Axe"),
    }


@pytest.mark.parametrize(
    "members",
    [
        {"includes_all_products": ()},
        {"includes_all_products": (), "excluded_products": ("axe",)},
        {"includes_all_products": (), "excluded_categories": ("light",)},
        {"included_products": ("axe", "parent")},
        {"included_products": ("axe", "lamp"), "excluded_products": ("lamp",)},
        {"included_categories": ("light",)},
        {"included_categories": ("lamps",), "excluded_products": ("parent",)},
        {"included_categories": ("light",), "excluded_categories": ("lamps",)},
        {"classes": ("books",)},
        {},
    ],
    ids=lambda members: ",".join(members) or "empty",
)
def test_offer_is_shown_for_exactly_what_its_range_contains(goods, members):
    products = RangeFactory(
        includes_all_products="includes_all_products" in members, products=[]
    )
    for field, names in members.items():
        if names and field == "included_products":
            for name in names:
                products.add_product(goods[name])
        elif names:
            getattr(products, field).set([goods[name] for name in names])
    offer_make(products)
    sold = [each for each in goods.values() if isinstance(each, Product)]

    for product in sold:
        if not product.is_parent:
            contained = products.contains_product(product)
            detail = product.parent or product
            shown = product_detail(
                detail.pk, context=shop_context(), variant=product.pk
            ).price.offer
            assert bool(shown) is contained, product.title
            assert reduced(product) is contained, product.title


def test_card_of_variants_shows_the_offer_of_its_lowest_price(goods):
    dear = ChildFactory(parent=goods["parent"], stockrecords__price=Decimal(99))
    offer_make(RangeFactory(products=[dear]))

    assert promised(goods["parent"]) is None


def test_offers_cost_no_statement(django_assert_num_queries):
    products = ProductFactory.create_batch(3)
    ids = [product.pk for product in products]
    context = shop_context()
    with django_assert_num_queries(3):  # products, stock with prices and offers, images
        product_cards(ids, context=context)

    for number in range(3):
        offer_make(RangeFactory(products=products), priority=number)

    with django_assert_num_queries(3):
        cards = product_cards(ids, context=context)
    assert all(card.price.offer for card in cards)


def test_card_and_product_page_link_the_offer(client):
    offer = offer_make(name="Long <evenings>")
    category = CategoryFactory(name="Lamps")
    product = ProductFactory(categories=[category])
    link = f'href="/offers/{offer.slug}/">Long &lt;evenings&gt;</a>'

    for url in (category.get_absolute_url(), product.get_absolute_url()):
        html = client.get(url).content.decode()

        assert "−10\xa0% in the basket" in html
        assert link in html
    assert 'href="/offers/">All offers</a>' in html
