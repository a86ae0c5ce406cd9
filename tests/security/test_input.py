"""Hostile text in forms, addresses, cookies and bodies is refused, never an error of ours."""

from __future__ import annotations

import pytest
from django.core import mail
from django.http import HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse
from oscar.test.factories import ConditionalOfferFactory

from catalogue.factories import ProductFactory
from checkout.basket.models import Line
from checkout.conftest import ADDRESS, Browser
from checkout.customer.services import account_delete
from checkout.order.mails import order_mail_send
from checkout.order.models import Order
from foundation.accounts.models import User
from foundation.core.identifiers import id_parse
from storefront.malformed_input import MalformedInputMiddleware
from storefront.wsgi import application

pytestmark = pytest.mark.django_db

MANY_DIGITS = "9" * 5000
FORM = "application/x-www-form-urlencoded"


def assert_bad_request(response):
    """The shop's own page, with the headers of all others."""
    assert response.status_code == 400
    assert 'class="error-page"' in response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Request-ID"]


# --- Numbers ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["--5", "+-1", "-+1", "+", "²", "٣", "1e3", "1_0", ""])
def test_quantity_that_is_no_whole_number_is_refused(text):
    browser, product = Browser(), ProductFactory()

    response = browser.post(f"/basket/add/{product.pk}/", {"quantity": text})

    assert response.status_code == 302
    assert not Line.objects.exists()
    page = browser.get("/basket/").content.decode()
    assert "is not a number" in page


@pytest.mark.parametrize("text", ["--5", MANY_DIGITS, "²"])
def test_quantity_of_a_line_stays_when_the_new_one_is_nonsense(text):
    browser = Browser()
    browser.add(ProductFactory(), 2)
    line = Line.objects.get()

    response = browser.post(f"/basket/lines/{line.pk}/", {"quantity": text})

    assert response.status_code == 200
    line.refresh_from_db()
    assert line.quantity == 2


@pytest.mark.parametrize("total", ["sNaN", "NaN", "-sNaN1", "Infinity", MANY_DIGITS])
def test_total_that_is_no_sum_of_money_places_nothing(total):
    browser = Browser()
    browser.add(ProductFactory())
    browser.give_details()
    browser.choose_delivery()

    assert browser.place(total=total).url == "/checkout/preview/"
    assert not Order.objects.exists()


@pytest.mark.parametrize("text", [MANY_DIGITS, "9" * 19, "²", "٣", "-1", ""])
def test_id_that_no_row_can_have_is_not_found(text):
    user = User.objects.create_user("ada@example.org")
    browser, product = Browser(), ProductFactory()
    browser.force_login(user)
    browser.add(product)

    address = browser.post("/checkout/shipping-address/", {"address_id": text})
    line = browser.post("/basket/saved/", {"line": text})
    basket = browser.get("/basket/", {"removed": text, "quantity": text})
    variant = browser.get(product.get_absolute_url(), {"variant": text})

    assert address.status_code in {200, 302}
    assert line.status_code == 404
    assert basket.context["removed"] is None
    assert variant.status_code == 200


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("007", 7),
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None),
        (MANY_DIGITS, None),
        ("-1", None),
        ("²", None),
        ("٣", None),
        (" 1", None),
        ("", None),
    ],
)
def test_id_is_ascii_digits_that_fit_the_column(text, number):
    assert id_parse(text) == number


@pytest.mark.parametrize(
    "path",
    [
        f"/catalogue/lamp_{MANY_DIGITS}/",
        f"/catalogue/category/lamps_{MANY_DIGITS}/",
        f"/catalogue/lamp_{MANY_DIGITS}/reviews/",
        f"/basket/lines/{MANY_DIGITS}/",
        f"/media/{'x' * 300}.png",
    ],
)
def test_path_that_no_page_can_have_is_not_found(path):
    assert Browser().get(path).status_code == 404


# --- U+0000 -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("post", "/basket/vouchers/add/", {"code": "A\0"}),
        ("post", "/checkout/shipping-address/", ADDRESS | {"line1": "Ring\0"}),
        ("post", "/accounts/login/", {"na\0me": "x"}),
        ("get", "/accounts/orders/", {"order_number": "\0"}),
        ("get", "/search/", {"q": "lamp\0"}),
        ("get", "/accounts/wishlists/a%00b/", {}),
        ("get", "/no%00where/", {}),
    ],
)
def test_nul_is_a_bad_request(method, path, data):
    browser = Browser()
    browser.force_login(User.objects.create_user("ada@example.org"))
    browser.add(ProductFactory())

    assert_bad_request(getattr(browser, method)(path, data))


def test_nul_in_a_cookie_is_no_session():
    client = Client()
    client.cookies["sessionid"] = "\0" * 8

    assert client.get("/accounts/").status_code == 302
    assert client.get("/health/").status_code == 200


def test_file_with_nul_is_taken(tmp_path):
    """Only texts are looked at: every picture holds U+0000."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))
    upload = tmp_path / "guide.csv"
    upload.write_bytes(b"from,to\0\n")

    with upload.open("rb") as file:
        response = client.post("/cms/redirects/import/", {"import_file": file})

    assert response.status_code != 400


# --- Bodies -------------------------------------------------------------------------


def send(method: str, query: str, body: bytes, content_type: str) -> HttpResponseBase:
    """Ask the application itself: a test client's requests are Django's, not the shop's."""
    environ = RequestFactory().generic(
        method,
        f"/basket/vouchers/add/?{query}",
        body,
        HTTP_SEC_FETCH_SITE="same-origin",
    ).META | {"CONTENT_TYPE": content_type}
    return application.get_response(application.request_class(environ))


@pytest.mark.parametrize(
    "charset", ["utf-16", "utf-32", "hex", "idna", "latin-1", "no-such", "ä", "\0"]
)
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_charset_other_than_utf_8_is_a_bad_request(method, kind, charset):
    assert_bad_request(send(method, "next=1", b"--x--", f"{kind}; charset={charset}"))


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"UTF-8"'])
def test_charset_utf_8_is_taken_in_every_spelling(charset):
    response = send("POST", "", b"code=%C3%BCX", f"{FORM}; charset={charset}")

    assert response.status_code == 200
    assert response.context_data["voucher_typed"] == "üX"


def test_too_many_parameters_with_a_charset_are_a_bad_request():
    query = "&".join(f"field{number}=1" for number in range(1001))

    assert_bad_request(send("GET", query, b"", f"{FORM}; charset=utf-8"))


def test_broken_multipart_is_a_bad_request():
    response = Browser().post(
        "/basket/vouchers/add/", b"x", content_type="multipart/form-data; boundary="
    )

    assert_bad_request(response)


def test_too_many_fields_are_a_bad_request():
    many = {f"field{number}": "1" for number in range(1001)}

    assert_bad_request(Browser().post("/basket/vouchers/add/", many))
    assert_bad_request(Browser().get("/search/", many))


class BrokenBody:
    """A visitor whose connection ends while the body is on its way."""

    def read(self, *_size):
        raise OSError("Connection reset by peer")

    readline = read


def test_body_that_never_arrives_is_a_bad_request():
    response = Client().generic(
        "POST",
        "/basket/vouchers/add/",
        "x" * 10,
        content_type=FORM,
        **{"wsgi.input": BrokenBody()},
    )

    assert_bad_request(response)


# --- The back office ----------------------------------------------------------------


@pytest.fixture
def staff():
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("get", "/dashboard/catalogue/option/abc/delete/", {}),
        ("get", "/dashboard/catalogue/product-lookup/", {"page": MANY_DIGITS}),
        ("post", "/dashboard/catalogue/categories/create/", {"description": "[1]"}),
        ("get", "/cms/cms_product_chooser/chosen/sNaN/", {}),
        ("post", "/cms/workflows/enable/1/", {"next": "-0"}),
        ("post", "/cms/pages/2/edit/", {"title": "Home"}),
    ],
)
def test_malformed_input_in_the_back_office_is_a_bad_request(staff, method, path, data):
    response = getattr(staff, method)(path, data)

    assert response.status_code == 400
    assert response.templates[0].name == "backoffice/400.html"
    assert response["Content-Security-Policy"]
    assert response["X-Request-ID"]


def test_error_of_the_back_office_itself_stays_an_error(staff):
    assert staff.get(reverse("wagtailadmin_error_test")).status_code == 500


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/basket/?q=abc", ValueError("invalid literal for int(): 'abc'")),
        ("/cms/?q=abc", ValueError("invalid literal for int(): 'xyz'")),
        ("/cms/?q=abc", KeyError("abc")),
        ("/cms/?q=abc", AttributeError("'abc' has no attribute 'x'")),
    ],
)
def test_error_that_is_not_about_the_input_stays_an_error(path, error):
    request = RequestFactory().get(path)

    response = MalformedInputMiddleware(lambda _: HttpResponse()).process_exception(
        request, error
    )

    assert response is None


def test_offer_with_dates_that_are_none_is_shown_again(staff):
    offer = ConditionalOfferFactory()

    response = staff.post(
        f"/dashboard/offers/{offer.pk}/restrictions/", {"start_datetime": "25:61"}
    )

    assert response.status_code == 200
    assert "start_datetime" in response.context["form"].errors


# --- Where a form leads back --------------------------------------------------------


@pytest.mark.parametrize(
    "next_url", ["-0", "abc", "a:b", "//[", "https://evil.example/"]
)
def test_address_to_go_back_to_is_never_a_name(next_url):
    browser, product = Browser(), ProductFactory()

    response = browser.post(
        f"/basket/add/{product.pk}/", {"quantity": "1", "next": next_url}
    )

    assert response.status_code == 302
    assert "evil" not in response.url


# --- Orders of people who left ------------------------------------------------------


ORDER_PAGES = [
    "/dashboard/orders/",
    "/dashboard/orders/?response_format=csv",
    "/dashboard/orders/{number}/",
    "/dashboard/orders/{number}/lines/{line}/",
    "/dashboard/orders/statistics/",
    "/dashboard/reports/?report_type=order_report&date_from=2020-01-01&date_to=2040-01-01",
    "/dashboard/reports/?report_type=order_report&date_from=2020-01-01&date_to=2040-01-01&download=Download",
    "/dashboard/",
    "/cms/",
]


@pytest.fixture
def order_of_deleted_account():
    user = User.objects.create_user("ada@example.org", "geheim-und-lang")
    browser = Browser()
    browser.force_login(user)
    order = browser.order(ProductFactory(title="Lamp"))
    account_delete(user=user)
    order.refresh_from_db()
    assert (order.user, order.guest_email) == (None, "")
    return order


@pytest.mark.parametrize("path", ORDER_PAGES)
def test_order_of_a_deleted_account_is_shown_to_staff(order_of_deleted_account, path):
    order = order_of_deleted_account
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))

    response = client.get(
        path.format(number=order.number, line=order.lines.get().pk), follow=True
    )

    assert response.status_code == 200


def test_no_mail_leaves_for_an_order_of_a_deleted_account(order_of_deleted_account):
    order = order_of_deleted_account

    order_mail_send(order_id=order.pk, kind="shipped", reference=0)

    assert mail.outbox == []


def test_every_report_is_shown_after_an_account_was_deleted(order_of_deleted_account):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))
    form = client.get("/dashboard/reports/").context["form"]
    dates = {"date_from": "2020-01-01", "date_to": "2040-01-01"}

    for code, _name in form.fields["report_type"].choices:
        for download in ({}, {"download": "Download"}):
            query = {"report_type": code} | dates | download
            response = client.get("/dashboard/reports/", query)
            assert response.status_code == 200, (code, download)
