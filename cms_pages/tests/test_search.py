import pytest
from wagtail.models import PageViewRestriction

from catalogue.factories import (
    LibraryImageFactory,
    ProductFactory,
    ProductImageFactory,
)
from cms_pages import factories
from cms_pages.search.views import query_clean

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(home, django_capture_on_commit_callbacks):
    """Things about lanterns, in the index."""
    with django_capture_on_commit_callbacks(execute=True):
        ProductFactory(title="Storm lantern")
        ProductFactory(title="Recalled lantern", is_public=False)
        index = factories.article_index()
        factories.article(parent=index, title="A lantern in the snow", slug="snow")
        factories.article(
            parent=index,
            title="A night out",
            slug="night",
            body=[("rich_text", "<p>Bring a lantern.</p>")],
        )
        factories.standard_page(title="Lantern recall", live=False)
        secret = factories.standard_page(title="Lantern trade prices")
        PageViewRestriction.objects.create(page=secret, restriction_type="login")


def titles(response):
    return (
        [card.title for card in response.context["cards"]],
        sorted(page.title for page in response.context["pages"]),
    )


def test_search_finds_public_products_and_pages_together(client, indexed):
    response = client.get("/search/", {"q": "lantern"})

    assert titles(response) == (
        ["Storm lantern"],
        ["A lantern in the snow", "A night out"],
    )


def test_search_costs_twelve_statements(client, home, indexed, statements):
    # products: count, page, four for cards · home · restrictions · pages
    factories.landing_page(title="Lantern weeks", hero_image=LibraryImageFactory())
    for number in range(30):
        product = ProductFactory(title=f"Lantern {number}")
        ProductImageFactory(product=product)

    assert statements("/search/?q=lantern") <= 12


def test_nothing_found_helps_on(client, indexed):
    response = client.get("/search/", {"q": "submarine"})

    assert titles(response) == ([], [])
    assert "Nothing found" in response.content.decode()


@pytest.mark.parametrize("query", ["", "   ", None])
def test_empty_query_asks_what_is_looked_for(client, indexed, query):
    response = client.get("/search/", {} if query is None else {"q": query})

    assert response.status_code == 200
    assert titles(response) == ([], [])
    assert response.context["query"] == ""


@pytest.mark.parametrize(
    "query", ["'", '"', "lantern & (", "\\", "%", "<b>lantern", "🏮", ":*", "a" * 5000]
)
def test_strange_query_is_answered(client, indexed, query):
    response = client.get("/search/", {"q": query})

    assert response.status_code == 200
    assert len(response.context["query"]) <= 200


def test_query_is_cut_to_two_hundred_characters():
    assert query_clean(" storm \n\t lantern\0 ") == "storm lantern"
    assert len(query_clean("ab " * 500)) <= 200


@pytest.mark.parametrize("number", ["2", "0", "-1", "999", "x", ""])
def test_any_page_number_is_answered(client, indexed, number):
    assert client.get("/search/", {"q": "lantern", "page": number}).status_code == 200


def test_pages_stand_on_the_first_page_of_products(
    client, indexed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(30):
            ProductFactory(title=f"Lantern {number}")

    first = client.get("/search/", {"q": "lantern"})
    second = client.get("/search/", {"q": "lantern", "page": 2})

    assert first.context["paginator"].count == 31
    assert len(first.context["pages"]) == 2
    assert second.context["cards"]
    assert second.context["pages"] == []
    assert 'href="?q=lantern&amp;page=2"' in first.content.decode()


def test_search_sets_no_cookie_and_depends_on_none(client, indexed):
    response = client.get("/search/", {"q": "lantern"})

    assert response.cookies == {}
    assert "cookie" not in response.get("Vary", "").lower()
