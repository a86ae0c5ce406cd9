import pytest

from catalogue.factories import ProductFactory
from cms_pages.factories import home_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_wagtail_caches():
    from wagtail.models import Site

    Site.clear_site_root_paths_cache()


def test_migrated_shop_shows_the_first_steps(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "cms_pages/first_steps.html" in [each.name for each in response.templates]
    assert f"/cms/pages/{home_page().pk}/edit/" in response.content.decode()


def test_first_steps_end_with_the_first_word(client):
    page = home_page()
    page.hero_title = "Lamps for the dark half of the year"
    page.save()

    response = client.get("/")

    assert "cms_pages/home_page.html" in [each.name for each in response.templates]
    assert "Lamps for the dark half of the year" in response.content.decode()


def test_first_steps_end_with_the_first_product(client):
    ProductFactory()

    response = client.get("/")

    assert "cms_pages/home_page.html" in [each.name for each in response.templates]
