"""Mails and the back office carry the name that the shop's settings say."""

from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from catalogue.factories import ProductFactory
from checkout.conftest import Browser
from cms_pages.models import SiteSettings
from foundation.accounts.models import User
from foundation.core.identity import ShopIdentity, shop_identity
from foundation.core.mail import mail_send
from foundation.core.queueing import outbox_drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> SiteSettings:
    return SiteSettings.objects.create(
        site=Site.objects.get(is_default_site=True),
        name="Hearth & Heath, Köln",
        contact_email="hello@hearth.example",
        address="1 Sample Lane\n00000 Nowhere",
    )


def sender_of(message: EmailMessage) -> tuple[str, str]:
    name, address = parseaddr(message.message()["From"])
    return str(make_header(decode_header(name))), address


def test_mail_is_signed_by_the_shops_settings(shop) -> None:
    Browser().order(ProductFactory(stockrecords__num_in_stock=10))

    outbox_drain()

    (message,) = mail.outbox
    html = message.alternatives[0][0]
    assert sender_of(message) == ("Hearth & Heath, Köln", "shop@localhost")
    assert message.body.strip().endswith(
        "Hearth & Heath, Köln\n1 Sample Lane\n00000 Nowhere\nhello@hearth.example\n"
        "http://localhost:8000/"
    )
    assert "Hearth &amp; Heath, Köln" in html
    assert "mailto:hello@hearth.example" in html
    assert "Storefront" not in message.body + html


def test_mail_server_gets_the_configured_sender(shop, settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Other name <orders@shop.example>"

    mail_send(EmailMessage("Hi", "Hi", to=["a@b.example"]), kind="x", message_id="1")

    assert sender_of(mail.outbox[0]) == ("Hearth & Heath, Köln", "orders@shop.example")


def test_name_of_two_lines_is_one_line_in_a_mail(shop) -> None:
    SiteSettings.objects.update(name="Hearth\r\nBcc: all@example.com")

    mail_send(EmailMessage("Hi", "Hi", to=["a@b.example"]), kind="x", message_id="1")

    assert mail.outbox[0].message()["Bcc"] is None
    assert sender_of(mail.outbox[0])[0] == "Hearth Bcc: all@example.com"


def test_shop_without_settings_has_the_name_of_its_site() -> None:
    Site.objects.update(site_name="Wrenholt")

    assert shop_identity() == ShopIdentity(
        name="Wrenholt", email="shop@localhost", address=""
    )
    assert not SiteSettings.objects.exists()


def test_back_office_is_named_after_the_shop(shop) -> None:
    staff = User.objects.create_superuser("ada@example.com", "x")
    client = Client()
    client.force_login(staff)

    home = BeautifulSoup(
        client.get(reverse("wagtailadmin_home")).content, "html.parser"
    )
    log_in = BeautifulSoup(
        Client().get(reverse("wagtailadmin_login")).content, "html.parser"
    )

    assert home.h1.get_text(strip=True) == "Hearth & Heath, Köln"
    for page in (home, log_in):
        assert "Hearth & Heath, Köln" in page.title.get_text()
        assert "Storefront" not in page.title.get_text()
