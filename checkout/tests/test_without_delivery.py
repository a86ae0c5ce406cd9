"""Orders of services and digital goods: no delivery address, no delivery method."""

from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse

from catalogue.factories import ProductClassFactory, ProductFactory
from catalogue.models import Product
from checkout.address.models import Country, UserAddress
from checkout.basket.models import Line
from checkout.conftest import ADDRESS, Browser
from checkout.customer.services import account_delete
from checkout.order.models import BillingAddress, Order, ShippingAddress
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db

NO_DELIVERY = "No delivery needed"


def course(title="Course", **kwargs) -> Product:
    kind = ProductClassFactory(name="Course", requires_shipping=False)
    return ProductFactory(title=title, product_class=kind, **kwargs)


def pay(browser, **data):
    return browser.post(
        "/checkout/shipping-method/", {"payment_code": "invoice"} | data
    )


def order_course(browser, *products) -> Order:
    for product in products or [course()]:
        browser.add(product)
    browser.give_details()
    pay(browser)
    assert browser.place().url == "/checkout/thank-you/"
    return Order.objects.latest("pk")


def status_url(order) -> str:
    return f"/accounts/order-status/{order.number}/{order.verification_hash()}/"


@pytest.fixture
def ada(browser):
    person = User.objects.create_user("ada@example.org", "correct horse battery")
    browser.force_login(person)
    return person


# --- The way to the order -------------------------------------------------------------


def test_guest_orders_with_an_invoice_address_and_a_payment_alone(browser):
    browser.add(course(), 2)

    page = browser.get("/checkout/shipping-address/")
    assert "Delivery" not in page.text
    assert not {"notes", "phone_number"} & page.context["form"].fields.keys()
    assert browser.give_details().url == "/checkout/shipping-method/"
    page = browser.get("/checkout/shipping-method/")
    assert page.context["form"].fields.keys() == {"payment_code"}
    assert 'name="shipping_code"' not in page.text
    assert 'name="billing_same"' not in page.text
    assert pay(browser).url == "/checkout/preview/"
    assert browser.preview().context["summary"].total.amount == Decimal("24.00")
    assert browser.place().url == "/checkout/thank-you/"

    order = Order.objects.get()
    assert order.shipping_address is None
    assert order.shipping_code == "no-shipping-required"
    assert order.total_incl_tax == order.basket_total_incl_tax == Decimal("24.00")
    assert order.billing_address.line1 == ADDRESS["line1"]
    assert order.billing_address.country_id == "DE"
    assert order.guest_email == ADDRESS["email"]
    assert not ShippingAddress.objects.exists()


def test_person_with_an_account_chooses_an_address_for_the_invoice(browser, ada):
    browser.order(ProductFactory())
    Country.objects.filter(pk="DE").update(is_shipping_country=False)
    browser.add(course())

    page = browser.get("/checkout/shipping-address/")
    address = page.context["addresses"][0]
    answer = browser.post("/checkout/shipping-address/", {"address_id": address.pk})
    pay(browser)
    browser.place()

    assert answer.url == "/checkout/shipping-method/"
    order = Order.objects.latest("pk")
    assert order.user == ada
    assert order.shipping_address is None
    assert order.billing_address.line1 == ADDRESS["line1"]
    known = UserAddress.objects.get()
    assert known.num_orders_as_shipping_address == 1
    assert known.num_orders_as_billing_address == 1


def test_invoice_address_of_an_account_is_remembered(browser, ada):
    order_course(browser)

    known = UserAddress.objects.get(user=ada)
    assert known.line1 == ADDRESS["line1"]
    assert known.num_orders_as_billing_address == 1
    assert known.num_orders_as_shipping_address == 0
    assert known.is_default_for_billing
    assert not known.is_default_for_shipping


def test_invoice_may_go_to_a_country_without_delivery(browser):
    browser.add(course())

    answer = browser.give_details(country="US", state="CA", postcode="90210")

    assert answer.status_code == 302


def test_wrong_details_are_said_beside_the_field_and_nothing_is_lost(browser):
    browser.add(course())

    page = browser.give_details(email="ada@", line1="")

    assert page.context["form"].errors.keys() == {"email", "line1"}
    assert 'value="Lovelace"' in page.text


def test_steps_can_not_be_skipped(browser):
    browser.add(course())

    details, payment = "/checkout/shipping-address/", "/checkout/shipping-method/"
    assert browser.get(payment).url == details
    assert browser.preview().url == details
    browser.give_details()
    assert browser.preview().url == payment


def test_basket_of_both_kinds_is_delivered(browser):
    browser.add(course())
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()
    browser.place()

    order = Order.objects.get()
    assert order.shipping_address.line1 == ADDRESS["line1"]
    assert order.total_incl_tax == Decimal("28.90")
    assert order.shipping_code == "standard"


# --- The basket changes from one kind to the other in another tab ---------------------


def test_delivery_is_asked_for_once_something_to_deliver_is_added(browser):
    browser.add(course())
    browser.give_details()
    pay(browser)
    page = browser.preview()
    browser.add(ProductFactory())

    data = {"basket": page.context["basket_token"], "total": "12.00"}
    assert browser.post("/checkout/preview/", data).url == "/checkout/preview/"
    assert browser.preview().url == "/checkout/shipping-address/"
    assert not Order.objects.exists()

    page = browser.get("/checkout/shipping-address/")
    assert f'value="{ADDRESS["line1"]}"' in page.text
    assert f'value="{ADDRESS["email"]}"' in page.text


def test_delivery_is_dropped_once_nothing_is_to_be_delivered(browser):
    browser.add(course())
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery(shipping_code="express")
    old = browser.preview()
    Line.objects.filter(product__product_class__requires_shipping=True).delete()

    data = {
        "basket": old.context["basket_token"],
        "total": old.context["summary"].total.amount,
    }
    assert browser.post("/checkout/preview/", data).url == "/checkout/preview/"
    page = browser.preview()
    assert "A price has changed in the meantime." in page.text
    assert page.context["summary"].total.amount == Decimal("12.00")
    assert ADDRESS["line1"] in page.text
    browser.place()

    order = Order.objects.get()
    assert order.shipping_address is None
    assert order.total_incl_tax == Decimal("12.00")
    assert order.billing_address.line1 == ADDRESS["line1"]


def test_details_typed_for_a_delivery_become_those_of_the_invoice(browser):
    browser.add(ProductFactory())
    browser.get("/checkout/shipping-address/")
    Line.objects.all().delete()
    browser.add(course())

    answer = browser.give_details(notes="Ring twice", phone_number="")
    pay(browser, shipping_code="express", billing_same="on")
    browser.place()

    assert answer.url == "/checkout/shipping-method/"
    assert BillingAddress.objects.get().line1 == ADDRESS["line1"]
    assert Order.objects.get().shipping_incl_tax == 0


def test_separate_invoice_address_is_kept_when_delivery_is_dropped(browser):
    browser.add(course())
    browser.add(ProductFactory())
    browser.give_details()
    other = {f"billing-{name}": value for name, value in ADDRESS.items()}
    data = {"shipping_code": "standard", "payment_code": "invoice"}
    browser.post(
        "/checkout/shipping-method/", data | other | {"billing-line1": "Kontorweg 2"}
    )
    Line.objects.filter(product__product_class__requires_shipping=True).delete()

    browser.place()

    assert Order.objects.get().billing_address.line1 == "Kontorweg 2"


# --- What is said ---------------------------------------------------------------------


def test_basket_promises_no_delivery(browser):
    browser.add(course())

    page = browser.get("/basket/").text

    assert NO_DELIVERY in page
    assert "standard delivery" not in page.lower()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ({}, "Including tax, plus delivery"),
        ({"requires_shipping": False}, "Including tax"),
    ],
)
def test_product_page_names_delivery_only_where_there_is_one(client, kind, text):
    product_class = ProductClassFactory(name="Kind", **kind)
    product = ProductFactory(product_class=product_class)

    page = client.get(product.get_absolute_url())

    assert f'<p class="product__tax">{text}</p>' in page.text


def test_preview_says_that_nothing_is_delivered(browser):
    browser.add(course())
    browser.give_details()
    pay(browser)

    page = browser.preview().text

    assert NO_DELIVERY in page
    assert "Delivery to" not in page
    assert "of delivery" not in page
    assert "parcel" not in page
    assert ADDRESS["line1"] in page
    assert ADDRESS["email"] in page


def test_pages_and_mails_of_the_order_say_that_nothing_is_delivered(browser):
    order = order_course(browser)
    for entry in OutboxEntry.objects.filter(task__startswith="checkout"):
        assert outbox_run(entry.pk)
    message = mail.outbox[0]

    texts = [
        browser.get("/checkout/thank-you/").text,
        Browser().get(status_url(order)).text,
        message.body,
        message.alternatives[0].content,
    ]

    for text in texts:
        assert NO_DELIVERY in text
        assert "Delivery to" not in text
        assert "pack it" not in text


def test_back_office_says_that_nothing_is_delivered(browser):
    order = order_course(browser)
    staff = Browser()
    staff.force_login(User.objects.create_superuser("root@example.com"))

    page = staff.get(reverse("dashboard:order-detail", args=[order.number]))

    assert f"<p>{NO_DELIVERY}</p>" in page.text


def test_country_of_the_invoice_outlives_the_account(browser, ada):
    order = order_course(browser)

    account_delete(user=ada)

    order.refresh_from_db()
    assert order.billing_address.country_id == "DE"
    assert order.billing_address.line1 == ""


def test_forged_form_can_not_decline_the_delivery(browser):
    browser.add(ProductFactory())
    browser.give_details()

    page = browser.choose_delivery(shipping_code="no-shipping-required")

    assert "shipping_code" in page.context["form"].errors
