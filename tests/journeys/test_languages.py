"""The language is the path's: the shop in German lies under ``/de/``."""

import pytest

from cms_pages.factories import standard_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "english", "german"),
    [
        ("/", "Skip to content", "Zum Inhalt springen"),
        ("/catalogue/", "Everything we sell", "Unser ganzes Sortiment"),
        ("/search/", "What are you looking for?", "Was suchen Sie?"),
        ("/basket/", "Your basket is empty", "Ihr Warenkorb ist leer"),
        ("/accounts/login/", "Forgot your password?", "Passwort vergessen?"),
    ],
)
def test_page_speaks_the_language_of_its_path(client, path, english, german):
    german_page = client.get(f"/de{path}").content.decode()
    english_page = client.get(path, headers={"accept-language": "de"}).content.decode()

    assert '<html lang="de"' in german_page
    assert german in german_page
    assert english not in german_page
    assert '<html lang="en-gb"' in english_page
    assert english in english_page


def test_unknown_page_is_told_in_german(client):
    response = client.get("/de/nirgends/")

    assert response.status_code == 404
    assert "Dieser Weg führt nirgendwohin" in response.content.decode()


def test_page_without_translation_names_its_own_address(client):
    page = standard_page(title="Care")

    html = client.get(f"/de{page.url}").content.decode()

    assert f'<link rel="canonical" href="http://testserver{page.url}">' in html
