from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from oscar.core.loading import get_model
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)

from catalogue.factories import ProductFactory
from catalogue.offer.applicator import Applicator
from catalogue.partner.strategy import Strategy
from catalogue.voucher import services
from catalogue.voucher.models import Voucher
from foundation.core import clock
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def customer():
    return get_user_model().objects.create_user(
        "ada@example.org", "secret", email_verified_at=clock.now()
    )


@pytest.fixture
def product():
    return ProductFactory(stockrecords__price=Decimal("50.00"))


@pytest.fixture
def voucher(product):
    product_range = RangeFactory(includes_all_products=False, products=[product])
    offer = ConditionalOfferFactory(
        offer_type="Voucher",
        condition=ConditionFactory(range=product_range, type="Count", value=1),
        benefit=BenefitFactory(range=product_range, type="Percentage", value=10),
    )
    voucher = Voucher.objects.create(
        name="Spring",
        code="spring",
        usage=Voucher.MULTI_USE,
        start_datetime=clock.now() - DAY,
        end_datetime=clock.now() + DAY,
    )
    voucher.offers.add(offer)
    return voucher


def check(code="SPRING", *, user=None, at=None, basket=None) -> Voucher:
    return services.voucher_check(
        code=code,
        user=user or AnonymousUser(),
        context=shop_context(at=at),
        basket=basket,
    )


def use(voucher, user=None):
    order = get_model("order", "Order").objects.create(
        number=f"N{clock.now().timestamp()}",
        currency="EUR",
        total_incl_tax=1,
        total_excl_tax=1,
        user=user,
    )
    voucher.applications.create(order=order, user=user)


@pytest.mark.parametrize("typed", ["SPRING", "spring", "  Spring "])
def test_voucher_is_found_however_it_is_typed(voucher, typed):
    assert check(typed) == voucher


def test_unknown_voucher_is_named(voucher):
    with pytest.raises(services.VoucherUnknownError, match="“AUTUMN”"):
        check("AUTUMN")


def test_voucher_before_its_time_says_from_when(voucher):
    with pytest.raises(services.VoucherNotYetError, match="valid from"):
        check(at=voucher.start_datetime - DAY)


def test_expired_voucher_says_since_when(voucher):
    with pytest.raises(services.VoucherExpiredError, match="expired on"):
        check(at=voucher.end_datetime + DAY)


def test_single_use_is_used_up_by_anyone(voucher, customer):
    voucher.usage = Voucher.SINGLE_USE
    voucher.save()
    assert check() == voucher

    use(voucher)

    with pytest.raises(services.VoucherUsedUpError):
        check(user=customer)


def test_once_per_customer_is_refused_the_second_time(voucher, customer):
    voucher.usage = Voucher.ONCE_PER_CUSTOMER
    voucher.save()
    use(voucher)
    assert check(user=customer) == voucher

    use(voucher, customer)

    with pytest.raises(services.VoucherAlreadyUsedError):
        check(user=customer)


def test_once_per_customer_needs_an_account(voucher):
    voucher.usage = Voucher.ONCE_PER_CUSTOMER
    voucher.save()

    with pytest.raises(services.VoucherNeedsAccountError):
        check()


def test_once_per_customer_needs_a_verified_email_address(voucher, customer):
    voucher.usage = Voucher.ONCE_PER_CUSTOMER
    voucher.save()
    customer.email_verified_at = None

    with pytest.raises(services.VoucherNeedsVerifiedEmailError):
        check(user=customer)


def test_voucher_whose_offer_is_spent_is_used_up(voucher):
    voucher.offers.update(max_global_applications=3, num_applications=3)

    with pytest.raises(services.VoucherUsedUpError):
        check()


def test_voucher_that_fits_nothing_in_the_basket_is_refused(voucher, product):
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = Strategy(context=shop_context())
    basket.add_product(ProductFactory())
    basket.reset_offer_applications()

    with pytest.raises(services.VoucherNotApplicableError):
        check(basket=basket)

    basket.add_product(product)
    basket.reset_offer_applications()
    assert check(basket=basket) == voucher


@pytest.mark.parametrize(("days", "expected"), [(-2, []), (0, ["5.00"]), (2, [])])
def test_voucher_in_a_basket_is_read_at_the_moment_of_the_basket(
    voucher, product, days, expected
):
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = Strategy(context=shop_context(at=clock.now() + days * DAY))
    basket.add_product(product)
    basket.vouchers.add(voucher)
    basket.reset_offer_applications()

    Applicator().apply(basket, AnonymousUser())

    assert [each["discount"] for each in basket.offer_applications] == [
        Decimal(amount) for amount in expected
    ]
