"""SQL statements of basket and order, as budgeted in ``docs/architecture.md``.

Real commits: the transaction around other tests adds savepoints of its own. Site,
settings and menus may come from the cache and are left out.
"""

from decimal import Decimal

from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
)

from catalogue.factories import ProductFactory, ProductImageFactory
from checkout.conftest import Browser
from checkout.order.models import Order

MAY_BE_CACHED = (
    'FROM "wagtailcore_',
    'FROM "cms_pages_',
    'FROM "catalogue_category"',
    'FROM "django_site"',
)


def ten_percent_off():
    everything = RangeFactory(name="Everything", includes_all_products=True)
    ConditionalOfferFactory(
        name="Ten percent",
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(
            range=everything, type="Percentage", value=10, max_affected_items=None
        ),
    )


def statements(browser):
    return [
        (
            request,
            [
                each
                for each in made
                if not any(cached in each for cached in MAY_BE_CACHED)
            ],
        )
        for request, made in browser.statements
    ]


def order_statements(lines):
    browser = Browser()
    for _ in range(lines):
        browser.add(ProductFactory())
    browser.statements.clear()
    browser.get("/checkout/shipping-address/")
    browser.give_details()
    browser.get("/checkout/shipping-method/")
    browser.choose_delivery()
    browser.place()
    browser.get("/checkout/thank-you/")
    assert Order.objects.latest("pk").lines.count() == lines
    return statements(browser)


def test_basket_costs_ten_however_many_lines(real_db):
    """Session 1, basket 1, lines 1, priced stock 1, offers 1, their range 1, images 1 = 7."""
    ten_percent_off()
    browser = Browser()
    products = [ProductImageFactory().product for _ in range(6)]
    for product in products[:5]:
        browser.add(product)
    browser.get("/basket/")
    browser.statements.clear()

    browser.get("/basket/")
    browser.add(products[5])
    browser.get("/basket/")
    browser.get("/basket/")

    counts = [len(made) for request, made in statements(browser) if "GET" in request]
    assert counts[0] <= 10
    assert counts[2] == counts[0]


def test_whole_guest_order_keeps_its_budget(real_db):
    """Two adds, basket, four pages, three posts, thank-you.

    Add: product 1, stock 1, session 1, basket 1, lines 1, line 2, session 1 = 8 (first: 7).
    Basket 8. Each of three steps: session, basket, lines, stock, offers, range = 6, and
    countries 1. Posts 7 and 5: whether there is a delivery needs basket, lines and stock.
    Placing 29. Thank you 4. Together 7+8+8+7+7+7+5+6+29+4 = 88.
    """
    ten_percent_off()
    browser = Browser()
    browser.add(ProductFactory())
    browser.add(ProductFactory())
    browser.get("/basket/")
    browser.get("/checkout/shipping-address/")
    browser.give_details()
    browser.get("/checkout/shipping-method/")
    browser.choose_delivery()
    browser.place()
    browser.get("/checkout/thank-you/")

    order = Order.objects.get()
    assert order.discounts.get().amount == Decimal("2.40")
    counts = [len(made) for _request, made in statements(browser)]
    assert counts[-2] <= 30
    assert sum(counts) <= 90


def test_each_further_line_costs_an_order_at_most_one(real_db):
    ten_percent_off()
    order_statements(1)

    two = [len(made) for _request, made in order_statements(2)]
    seven = [len(made) for _request, made in order_statements(7)]

    assert sum(seven) - sum(two) <= 5
