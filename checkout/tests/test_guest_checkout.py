"""The way of a guest from the product to the thank-you page, and what can go wrong on it."""

from decimal import Decimal

import pytest
from django.core import mail
from wagtail.models import Site

from catalogue.factories import ProductFactory
from catalogue.partner.models import StockRecord
from catalogue.partner.services import price_change
from checkout.address.models import Country
from checkout.conftest import ADDRESS, Browser
from checkout.order.models import CommunicationEvent, Order
from cms_pages.factories import home_page, standard_page
from cms_pages.models import SiteSettings
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db


def deliver_mails():
    for entry in OutboxEntry.objects.filter(task__startswith="checkout"):
        assert outbox_run(entry.pk)


def test_guest_orders_without_an_account(browser):
    lamp, chair = ProductFactory(title="Lamp"), ProductFactory(title="Chair")
    browser.add(lamp, 2)
    browser.add(chair)

    assert browser.get("/checkout/").url == "/checkout/shipping-address/"
    assert browser.give_details().url == "/checkout/shipping-method/"
    assert browser.choose_delivery().url == "/checkout/preview/"
    page = browser.preview()
    assert page.context["summary"].total.amount == Decimal("40.90")
    assert browser.place().url == "/checkout/thank-you/"
    thanks = browser.get("/checkout/thank-you/")

    order = Order.objects.get()
    assert order.number in thanks.content.decode()
    assert order.total_incl_tax == Decimal("40.90")
    assert order.shipping_address.line1 == "Ringstraße 1"
    assert order.billing_address.line1 == "Ringstraße 1"
    assert browser.get("/basket/").context["lines"] == []


def test_order_is_confirmed_by_one_mail_in_html_and_text(browser):
    order = browser.order(ProductFactory(title="Lamp & “Shade”"))

    deliver_mails()

    message = mail.outbox[0]
    html = message.alternatives[0].content
    assert message.to == ["ada@example.org"]
    assert order.number in message.subject
    assert "Lamp & “Shade”" in message.body
    assert "Lamp &amp; “Shade”" in html
    assert "€16.90" in message.body
    assert "€16.90" in html
    assert f"/order-status/{order.number}/" in message.body
    assert CommunicationEvent.objects.get().event_type.code == "ORDER_PLACED"


def test_confirmation_is_sent_once_however_often_its_task_runs(browser):
    from checkout.order.tasks import order_mail_send

    order = browser.order(ProductFactory())

    for _ in range(3):
        order_mail_send(order_id=order.pk, kind="placed")

    assert len(mail.outbox) == 1


def test_link_in_the_mail_shows_the_order_to_anybody_who_has_it(browser):
    order = browser.order(ProductFactory(title="Lamp"))
    link = f"/accounts/order-status/{order.number}/{order.verification_hash()}/"

    page = Browser().get(link)

    assert page.status_code == 200
    assert "Lamp" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_wrong_link_is_not_found(browser):
    order, other = browser.order(ProductFactory()), browser.order(ProductFactory())

    wrong = [order.verification_hash()[:-1] + "x", other.verification_hash(), "1:2"]

    for each in wrong:
        url = f"/accounts/order-status/{order.number}/{each}/"
        assert Browser().get(url).status_code == 404


def test_thank_you_page_is_for_the_browser_that_ordered(browser):
    browser.order(ProductFactory())

    assert Browser().get("/checkout/thank-you/").url == "/"


def test_empty_basket_has_no_checkout(browser):
    for step in ("shipping-address", "shipping-method", "preview"):
        assert browser.get(f"/checkout/{step}/").url == "/basket/"


def test_steps_can_not_be_skipped(browser):
    browser.add(ProductFactory())

    assert browser.get("/checkout/shipping-method/").url == (
        "/checkout/shipping-address/"
    )
    browser.give_details()
    assert browser.get("/checkout/preview/").url == "/checkout/shipping-method/"


def test_checkout_pages_are_never_stored(browser):
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()

    for step in ("shipping-address", "shipping-method", "preview"):
        assert "no-store" in browser.get(f"/checkout/{step}/")["Cache-Control"]


# --- Details ----------------------------------------------------------------------


def test_wrong_details_are_said_beside_the_field_and_nothing_is_lost(browser):
    browser.add(ProductFactory())

    page = browser.give_details(email="ada@", postcode="1234567", line1="")

    assert page.status_code == 200
    form = page.context["form"]
    assert set(form.errors) == {"email", "postcode", "line1"}
    html = page.content.decode()
    assert 'value="ada@"' in html
    assert 'value="Lovelace"' in html
    assert 'aria-describedby="id_postcode_error"' in html
    assert 'id="id_postcode_error"' in html


def test_details_are_still_there_on_the_way_back(browser):
    browser.add(ProductFactory())
    browser.give_details(line2="c/o Babbage")

    page = browser.get("/checkout/shipping-address/").content.decode()

    for value in (*ADDRESS.values(), "c/o Babbage"):
        assert value in page


def test_fields_follow_the_country(browser):
    browser.add(ProductFactory())
    Country.objects.filter(pk="US").update(is_shipping_country=True)

    germany = browser.get("/checkout/shipping-address/").context["form"]
    page = browser.give_details(country="US", change_country="1", postcode="")
    states = page.context["form"]

    names = [[field.name for field in row] for row in germany.rows()]
    assert names[-1] == ["postcode", "line4"]
    assert "state" not in germany.fields
    assert page.status_code == 200
    assert [[field.name for field in row] for row in states.rows()][-2:] == [
        ["line4"],
        ["state", "postcode"],
    ]
    assert states["line1"].value() == "Ringstraße 1"
    assert not states.errors


@pytest.mark.parametrize(
    ("country", "postcode", "is_right"),
    [
        ("DE", "10115", True),
        ("DE", "1011", False),
        ("DE", "", False),
        ("GB", "sw1a 1aa", True),
        ("GB", "12345", False),
        ("IE", "", True),
        ("XX", "10115", False),
        ("US", "90210", False),  # not a country we deliver to
    ],
)
def test_postcode_is_that_of_the_country(browser, country, postcode, is_right):
    browser.add(ProductFactory())

    answer = browser.give_details(country=country, postcode=postcode)

    assert answer.status_code == (302 if is_right else 200)


def test_browsers_are_told_what_each_field_is(browser):
    browser.add(ProductFactory())

    page = browser.get("/checkout/shipping-address/").content.decode()

    for token in ("email", "shipping given-name", "shipping address-line1"):
        assert f'autocomplete="{token}"' in page
    for token in ("postal-code", "address-level2", "country", "tel"):
        assert f'autocomplete="shipping {token}"' in page


# --- Delivery and payment ---------------------------------------------------------


def test_delivery_that_is_not_on_offer_is_refused(browser):
    browser.add(ProductFactory())
    browser.give_details()

    page = browser.choose_delivery(shipping_code="pigeon")

    assert page.status_code == 200
    assert "shipping_code" in page.context["form"].errors


def test_invoice_can_go_elsewhere(browser):
    browser.add(ProductFactory())
    browser.give_details()
    other = {
        f"billing-{name}": value
        for name, value in (ADDRESS | {"line1": "Kontorweg 2"}).items()
    }

    data = {"shipping_code": "express", "payment_code": "invoice"}
    assert browser.post("/checkout/shipping-method/", data).status_code == 200
    assert browser.post("/checkout/shipping-method/", data | other).status_code == 302
    browser.place()

    order = Order.objects.get()
    assert order.billing_address.line1 == "Kontorweg 2"
    assert order.shipping_address.line1 == "Ringstraße 1"
    assert order.shipping_incl_tax == Decimal("12.90")


# --- The last page ----------------------------------------------------------------


def test_price_that_changed_after_the_last_look_is_shown_first(browser):
    product = ProductFactory()
    browser.add(product)
    browser.give_details()
    browser.choose_delivery()

    def raise_price():
        price_change(stockrecord=product.stockrecords.get(), amount=Decimal("13.00"))

    page = browser.preview()
    raise_price()
    answer = browser.post(
        "/checkout/preview/",
        {"basket": page.context["basket_token"], "total": "16.90"},
    )

    assert answer.url == "/checkout/preview/"
    assert not Order.objects.exists()
    again = browser.preview()
    assert "price has changed" in again.content.decode()
    assert again.context["summary"].total.amount == Decimal("17.90")


def test_product_that_sold_out_sends_back_to_the_basket(browser):
    product = ProductFactory()
    browser.add(product)
    browser.give_details()
    browser.choose_delivery()
    StockRecord.objects.update(num_in_stock=0)

    assert browser.preview().url == "/basket/"
    page = browser.get("/basket/")
    assert page.context["lines"][0].problem == "Sold out"


def test_going_back_and_pressing_again_shows_the_same_order(browser):
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()
    page = browser.preview()
    data = {"basket": page.context["basket_token"], "total": "16.90"}

    first = browser.post("/checkout/preview/", data)
    second = browser.post("/checkout/preview/", data)

    assert first.url == second.url == "/checkout/thank-you/"
    assert Order.objects.count() == 1


@pytest.mark.parametrize("total", ["", "abc", "1e400", "NaN"])
def test_nonsense_for_the_total_is_no_error(browser, total):
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()

    assert browser.place(total=total).url == "/checkout/preview/"
    assert not Order.objects.exists()


def test_delivery_step_counts_the_chosen_delivery_in(browser):
    browser.add(ProductFactory())
    browser.give_details()

    page = browser.get("/checkout/shipping-method/")
    assert page.context["summary"].total.amount == Decimal("16.90")

    page = browser.get("/checkout/shipping-method/?shipping_code=express")
    assert page.context["summary"].total.amount == Decimal("24.90")
    page = browser.get("/checkout/shipping-method/")
    assert page.context["summary"].total.amount == Decimal("16.90")

    page = browser.choose_delivery(shipping_code="express", payment_code="barter")
    assert page.context["form"].errors.keys() == {"payment_code"}
    assert page.context["summary"].total.amount == Decimal("24.90")

    browser.choose_delivery(shipping_code="express")
    page = browser.get("/checkout/shipping-method/")
    assert page.context["summary"].total.amount == Decimal("24.90")


def test_last_step_links_the_terms_and_names_the_days_for_returns(
    browser, django_capture_on_commit_callbacks
):
    home = home_page()
    terms = standard_page(parent=home, title="Terms of sale")
    settings = SiteSettings.for_site(Site.objects.get())
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()

    html = browser.preview().content.decode()
    assert "With this order our terms of sale apply." in html
    assert "within 14 days of delivery" in html

    settings.terms_page, settings.return_days = terms, 30
    with django_capture_on_commit_callbacks(execute=True):
        settings.save()
    html = browser.preview().content.decode()
    assert 'our <a href="/terms-of-sale/">terms of sale</a> apply.' in html
    assert "within 30 days of delivery" in html
