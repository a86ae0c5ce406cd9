import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from cms_pages.factories import home_page


@pytest.fixture
def home(db):
    """A home page that says something."""
    Site.clear_site_root_paths_cache()
    page = home_page()
    page.hero_title = "Welcome"
    page.save()
    return page


@pytest.fixture
def statements(client):
    """``statements(path)``: SQL statements of a second GET (site, settings, menus are cached)."""

    def count(path: str) -> int:
        assert client.get(path).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    return count
