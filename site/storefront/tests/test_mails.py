"""The mails of a demo can be read in the browser; those of a shop can't."""

from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings as project
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import NoReverseMatch, include, path, reverse

from storefront import urls


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """The shop as a demo that keeps its mails in the folder."""
    module = ModuleType("demo_urls")
    mails = path("mails/", include("storefront.mails"))
    module.urlpatterns = [mails, *urls.urlpatterns]
    settings.ROOT_URLCONF = module
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    return tmp_path / "mails"


def send(subject: str, html: str = "") -> None:
    message = EmailMultiAlternatives(
        subject, "Grüße: https://shop.example/", to=["Zoë <zoe@example.com>"]
    )
    if html:
        message.attach_alternative(html, "text/html")
    backend = "django.core.mail.backends.filebased.EmailBackend"
    get_connection(backend).send_messages([message])


def names() -> list[str]:
    from storefront.mails import mails_read

    return [mail.name for mail in mails_read()]


@pytest.mark.django_db
def test_mail_that_does_not_exist_is_not_found(folder, tmp_path) -> None:
    (tmp_path / "secret.log").write_text("secret")
    send("Hello")

    for name in ("other-0", "..%2Fsecret-0", "%2e%2e"):
        assert Client().get(f"/mails/{name}/").status_code == 404


def test_folder_without_mails_is_an_empty_page(folder) -> None:
    answer = Client().get("/mails/")

    assert answer.status_code == 200
    assert "No mail yet" in answer.content.decode()


def test_mail_is_shown_as_its_reader_sees_it(folder) -> None:
    send("Bestätigung <1>", '<p style="color:red">Danke &amp; tschüss</p>')
    client, (name,) = Client(), names()

    listed = client.get("/mails/").content.decode()
    shown = client.get(f"/mails/{name}/").content.decode()
    html = client.get(f"/mails/{name}/html/")

    assert "Bestätigung &lt;1&gt;" in listed
    assert "zoe@example.com" in listed
    assert f'src="/mails/{name}/html/"' in shown
    assert "Grüße: " in shown
    assert 'href="https://shop.example/"' in shown
    assert html.content.decode().strip() == (
        '<p style="color:red">Danke &amp; tschüss</p>'
    )


def test_scripts_in_a_mail_do_not_run(folder) -> None:
    send("Hello", "<script>alert(1)</script>")
    (name,) = names()

    policy = Client().get(f"/mails/{name}/html/")["Content-Security-Policy"]

    assert {"script-src 'self'", "style-src 'unsafe-inline'"} <= set(policy.split("; "))


def test_newest_mail_is_first(folder) -> None:
    for day in ("02", "01", "03"):
        send("Hello")
        (new,) = set(folder.iterdir()) - set(folder.glob("kept-*"))
        new.rename(folder / f"kept-{day}.log")

    assert names() == ["kept-03-0", "kept-02-0", "kept-01-0"]


def test_shop_has_no_page_of_its_mails() -> None:
    assert project.DEMO is False
    with pytest.raises(NoReverseMatch):
        reverse("demo-mails")
