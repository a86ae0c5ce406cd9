"""The basket by its pages: what goes in, what is refused, and that nothing is ever lost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.signing import Signer
from oscar.test.factories import (
    BenefitFactory,
    ConditionalOfferFactory,
    ConditionFactory,
    RangeFactory,
    VoucherFactory,
)

from catalogue.factories import (
    AxisFactory,
    ChildFactory,
    ParentFactory,
    ProductFactory,
)
from catalogue.partner.services import price_change
from checkout.basket.models import Basket, Line
from checkout.conftest import Browser
from foundation.accounts.models import User
from foundation.core import clock

pytestmark = pytest.mark.django_db
COOKIE = "oscar_open_basket"


@pytest.fixture
def ada():
    return User.objects.create_user("ada@example.org", "correct horse")


def messages_of(browser):
    return [str(each) for each in browser.get("/basket/").context["messages"]]


# --- Putting in -------------------------------------------------------------------


def test_product_is_added_and_the_shopper_stays_where_he_was(browser):
    product = ProductFactory(title="Lamp")

    answer = browser.post(
        f"/basket/add/{product.pk}/",
        {"quantity": "2"},
        HTTP_REFERER="http://testserver/catalogue/lamp_1/?variant=3",
    )

    assert answer.url == "http://testserver/catalogue/lamp_1/?variant=3"
    assert Line.objects.get().quantity == 2
    assert messages_of(browser) == ["2 × “Lamp” are in your basket."]


def test_other_sites_are_no_place_to_go_back_to(browser):
    product = ProductFactory()

    answer = browser.add(product, next="https://evil.example/")

    assert answer.url == product.get_absolute_url()


def test_adding_twice_adds_up(browser):
    product = ProductFactory()

    browser.add(product, 2)
    browser.add(product, 3)

    assert Line.objects.get().quantity == 5


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("0", "at least 1"),
        ("-1", "less than zero"),
        ("abc", "“abc” is not a number"),
        ("", "is not a number"),
        ("1.5", "is not a number"),
        ("٣", "is not a number"),
        ("1000", "at most 999"),
        ("9" * 400, "at most 999"),
        ("101", "only 100"),
    ],
)
def test_wrong_quantity_is_said_in_words_and_changes_nothing(browser, quantity, said):
    product = ProductFactory()
    browser.add(product, 1)
    messages_of(browser)

    answer = browser.add(product, quantity)

    assert answer.status_code == 302
    assert said in messages_of(browser)[0]
    assert Line.objects.get().quantity == 1


def test_stock_counts_what_is_in_the_basket_already(browser):
    product = ProductFactory(stockrecords__num_in_stock=3)
    browser.add(product, 2)
    messages_of(browser)

    browser.add(product, 2)

    assert "Your basket already holds 2." in messages_of(browser)[0]
    assert Line.objects.get().quantity == 2


def test_variant_is_chosen_by_child_id(browser):
    parent = ParentFactory(title="Jacket")
    child = ChildFactory(parent=parent)

    browser.add(parent, child_id=child.pk)

    assert Line.objects.get().product == child


@pytest.mark.parametrize("chosen", ["", "abc", "0", "99999999999999999999"])
def test_product_with_variants_needs_one(browser, chosen):
    parent = ParentFactory(title="Jacket")
    ChildFactory(parent=parent)

    browser.add(parent, child_id=chosen)

    assert messages_of(browser) == ["Please choose a variant of “Jacket” first."]


def test_variant_of_another_product_is_refused(browser):
    parent, other = ParentFactory(), ChildFactory()

    browser.add(parent, child_id=other.pk)

    assert not Line.objects.exists()


def test_hidden_product_is_not_found(browser):
    response = browser.add(ProductFactory(is_public=False))

    assert response.status_code == 404
    assert not Line.objects.exists()


def test_form_of_another_site_is_asked_for_confirmation():
    stranger = Browser(HTTP_SEC_FETCH_SITE="cross-site")
    stranger.handler.enforce_csrf_checks = True

    assert stranger.add(ProductFactory()).status_code == 403
    assert not Basket.objects.exists()


# --- The page ---------------------------------------------------------------------


def test_variant_is_named_by_its_options(browser):
    parent = ParentFactory(title="Jacket")
    axis = AxisFactory(product_class=parent.product_class, options=["Moss", "Rust"])
    option = axis.option_group.options.get(option="Moss")
    child = ChildFactory(parent=parent, attributes={"colour": option})
    browser.add(parent, child_id=child.pk)

    line = browser.get("/basket/").context["lines"][0]

    assert (line.title, line.label) == ("Jacket", "Moss")
    assert line.url == f"{parent.get_absolute_url()}?variant={child.pk}"


@pytest.mark.parametrize(
    ("quantity", "said"),
    [("-1", "less than zero"), ("many", "“many” is not a number"), ("101", "only 100")],
)
def test_wrong_change_is_said_beside_the_field_with_what_was_typed(
    browser, quantity, said
):
    browser.add(ProductFactory(), 2)
    line = Line.objects.get()

    page = browser.post(f"/basket/lines/{line.pk}/", {"quantity": quantity})

    html = page.content.decode()
    assert page.status_code == 200
    assert said in html
    assert f'value="{quantity}"' in html
    assert f'aria-describedby="quantity-{line.pk}-error"' in html
    line.refresh_from_db()
    assert line.quantity == 2


def test_quantity_zero_removes_and_can_be_undone(browser):
    product = ProductFactory(title="Lamp")
    browser.add(product, 2)

    answer = browser.post(f"/basket/lines/{Line.objects.get().pk}/", {"quantity": "0"})
    page = browser.get(answer.url)

    assert not Line.objects.exists()
    assert "“Lamp” is out of your basket." in page.content.decode()
    browser.add(product, page.context["removed"]["quantity"])
    assert Line.objects.get().quantity == 2


@pytest.mark.parametrize(
    "query", ["removed=x&quantity=1", "removed=1", "removed=99999999999999&quantity=1"]
)
def test_made_up_address_of_an_undo_is_no_error(browser, query):
    assert browser.get(f"/basket/?{query}").status_code == 200


def test_withdrawn_product_stays_and_is_marked(browser):
    lamp, chair = ProductFactory(title="Lamp"), ProductFactory(title="Chair")
    browser.add(lamp)
    browser.add(chair)
    lamp.is_public = False
    lamp.save()

    page = browser.get("/basket/")

    first, second = page.context["lines"]
    assert (first.title, first.problem) == ("Lamp", "Not available at the moment")
    assert second.problem == ""
    assert page.context["summary"].total.amount == Decimal("12.00")
    html = page.content.decode()
    assert 'href="/checkout/"' not in html
    assert browser.get("/checkout/shipping-address/").url == "/basket/"


def test_variant_of_a_withdrawn_parent_is_marked(browser):
    parent = ParentFactory()
    child = ChildFactory(parent=parent)
    browser.add(parent, child_id=child.pk)
    parent.is_public = False
    parent.save()

    assert browser.get("/basket/").context["lines"][0].problem


def test_price_that_changed_since_is_told(browser):
    product = ProductFactory()
    browser.add(product)
    price_change(stockrecord=product.stockrecords.get(), amount=Decimal("15.00"))

    line = browser.get("/basket/").context["lines"][0]

    assert line.notice == (
        "The price changed from €12.00 to €15.00 since you added this."
    )
    assert line.amount == Decimal("15.00")


def test_line_of_another_basket_is_not_found(browser):
    theirs = Browser()
    theirs.add(ProductFactory())
    browser.add(ProductFactory())
    line = Line.objects.order_by("pk").first()

    answer = browser.post(f"/basket/lines/{line.pk}/", {"action": "remove"})

    assert answer.status_code == 404
    assert Line.objects.count() == 2


# --- Cookie -----------------------------------------------------------------------


def test_looking_makes_no_basket_and_no_cookie():
    browser = Browser()

    page = browser.get("/basket/")

    assert not Basket.objects.exists()
    assert COOKIE not in page.cookies


def test_cookie_is_signed_http_only_and_lax(browser):
    answer = browser.add(ProductFactory())

    cookie = answer.cookies[COOKIE]
    assert Signer().unsign(cookie.value) == str(Basket.objects.get().pk)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_cookie_is_secure_where_the_shop_says_so(browser, settings):
    settings.OSCAR_BASKET_COOKIE_SECURE = True

    assert browser.add(ProductFactory()).cookies[COOKIE]["secure"]


@pytest.mark.parametrize("forge", [str, lambda pk: f"{pk}:nonsense"])
def test_forged_cookie_opens_no_basket(browser, forge):
    browser.add(ProductFactory())
    thief = Browser()
    thief.cookies[COOKIE] = forge(Basket.objects.get().pk)

    page = thief.get("/basket/")

    assert page.context["lines"] == []
    assert page.cookies[COOKIE].value == ""  # taken back


# --- Logging in -------------------------------------------------------------------


def test_basket_of_the_guest_joins_that_of_the_account(browser, ada):
    lamp, chair = ProductFactory(), ProductFactory()
    browser.force_login(ada)
    browser.add(lamp, 1)
    browser.logout()
    browser.add(lamp, 3)
    browser.add(chair, 1)

    answer = browser.post(
        "/accounts/login/", {"username": "ADA@example.org", "password": "correct horse"}
    )

    assert answer.cookies[COOKIE].value == ""
    lines = {
        line.product_id: line.quantity
        for line in Line.objects.filter(basket__owner=ada, basket__status="Open")
    }
    assert lines == {lamp.pk: 3, chair.pk: 1}
    assert len(browser.get("/basket/").context["lines"]) == 2


def log_in(browser):
    browser.post(
        "/accounts/login/", {"username": "ada@example.org", "password": "correct horse"}
    )
    return [str(message) for message in browser.get("/basket/").context["messages"]]


def test_shopper_reads_what_came_into_the_basket_at_log_in(browser, ada):
    lamp, chair = ProductFactory(title="Lamp"), ProductFactory(title="Chair")
    browser.force_login(ada)
    browser.add(lamp, 1)
    browser.logout()
    browser.add(lamp, 3)
    browser.add(chair, 2)
    browser.get("/basket/")  # shows the messages so far

    assert log_in(browser) == [
        "The 5 articles from your basket were added to the basket of your account.",
        "“Lamp” was in both baskets. The larger quantity is kept: 3.",
    ]


def test_basket_of_an_account_that_had_none_is_the_guests(browser, ada):
    browser.add(ProductFactory(), 1)
    browser.get("/basket/")

    assert log_in(browser) == []


def test_get_writes_nothing_even_with_two_baskets(browser, ada):
    Basket.objects.create(owner=ada)
    Basket.objects.create(owner=ada)
    browser.force_login(ada)

    browser.get("/basket/")

    assert Basket.objects.filter(owner=ada, status="Open").count() == 2


def test_line_is_kept_for_later_and_comes_back(browser, ada):
    browser.force_login(ada)
    browser.add(ProductFactory(title="Lamp"), 2)

    browser.post(f"/basket/lines/{Line.objects.get().pk}/", {"action": "save"})
    saved = browser.get("/basket/").context["saved_lines"]
    browser.post("/basket/saved/", {"line": saved[0].id})

    page = browser.get("/basket/")
    assert [line.quantity for line in page.context["lines"]] == [2]
    assert page.context["saved_lines"] == []


def test_guest_logs_in_to_keep_things(browser):
    browser.add(ProductFactory())

    answer = browser.post(f"/basket/lines/{Line.objects.get().pk}/", {"action": "save"})

    assert answer.url == "/accounts/login/?next=/basket/"
    assert Line.objects.count() == 1


# --- Vouchers ---------------------------------------------------------------------


def voucher(code="HALF", days=(-1, 1), usage="Multi-use"):
    everything = RangeFactory(name=code, includes_all_products=True)
    offer = ConditionalOfferFactory(
        name=code,
        offer_type="Voucher",
        condition=ConditionFactory(range=everything, type="Count", value=1),
        benefit=BenefitFactory(
            range=everything, type="Percentage", value=50, max_affected_items=None
        ),
    )
    made = VoucherFactory(
        code=code,
        name=code,
        usage=usage,
        start_datetime=clock.now() + timedelta(days=days[0]),
        end_datetime=clock.now() + timedelta(days=days[1]),
    )
    made.offers.add(offer)
    return made


def test_voucher_is_taken_in_any_case_and_shown(browser):
    voucher("HALF")
    browser.add(ProductFactory())

    answer = browser.post("/basket/vouchers/add/", {"code": " half "})

    assert answer.url == "/basket/"
    page = browser.get("/basket/")
    assert page.context["summary"].total.amount == Decimal("6.00")
    assert [each.code for each in page.context["vouchers"]] == ["HALF"]


@pytest.mark.parametrize(
    ("days", "code", "said"),
    [
        ((-1, 1), "NONE", "We don&#x27;t know the voucher “NONE”"),
        ((-9, -1), "HALF", "This voucher expired on"),
        ((1, 9), "HALF", "This voucher is valid from"),
        ((-1, 1), "", "Please enter the code"),
        ((-1, 1), "<b>", "We don&#x27;t know the voucher “&lt;b&gt;”"),
    ],
)
def test_voucher_that_is_refused_says_why(browser, days, code, said):
    voucher("HALF", days)
    browser.add(ProductFactory())

    page = browser.post("/basket/vouchers/add/", {"code": code})

    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Basket.objects.get().vouchers.exists()


def test_voucher_is_taken_off(browser):
    half = voucher()
    browser.add(ProductFactory())
    browser.post("/basket/vouchers/add/", {"code": "HALF"})

    browser.post(f"/basket/vouchers/{half.pk}/remove/")

    assert browser.get("/basket/").context["summary"].total.amount == Decimal("12.00")


# --- The visitor's fragment -------------------------------------------------------


def test_fragment_counts_pieces_in_one_query(browser):
    browser.add(ProductFactory(), 2)
    browser.add(ProductFactory(), 3)
    browser.statements.clear()

    page = browser.get("/visitor/")

    assert page.context["count"] == 5
    about_baskets = [each for each in browser.statements[-1][1] if "basket" in each]
    assert len(about_baskets) == 1


def test_fragment_of_somebody_new_asks_nothing():
    browser = Browser()

    page = browser.get("/visitor/")

    assert page.context["count"] == 0
    assert browser.statements[-1][1] == []


def test_messages_name_a_variant_by_its_options(browser):
    parent = ParentFactory(title="Tent")
    colour = AxisFactory(
        product_class=parent.product_class, options=["Red"]
    ).option_group.options.get()
    variant = ChildFactory(parent=parent, attributes={"colour": colour})

    browser.add(parent, child_id=variant.pk)
    assert messages_of(browser) == ["“Tent, Red” is in your basket."]

    answer = browser.post(
        f"/basket/lines/{Line.objects.get().pk}/", {"action": "remove"}
    )
    page = browser.get(answer.url).content.decode()
    assert "“Tent, Red” is out of your basket." in page


def test_without_javascript_adding_leads_to_the_basket(browser):
    product = ProductFactory()
    page = browser.get(product.get_absolute_url()).content.decode()

    assert (
        '<noscript><input type="hidden" name="next" value="/basket/"></noscript>'
        in page
    )
