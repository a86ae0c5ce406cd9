"""Statements of pages: ``docs/architecture.md``, Budgets. Site, settings and menus are cached."""

import json

import pytest
from wagtail.models import Page

from catalogue.factories import (
    CategoryFactory,
    LibraryImageFactory,
    ProductFactory,
    ProductImageFactory,
)
from cms_pages import factories

pytestmark = pytest.mark.django_db


def article_with(products: int, *, index) -> str:
    """Path of an article that shows so many products, in cards, columns and grids, with
    pictures of all kinds, links in text, tags, author, and articles to read next."""
    shown = [ProductFactory(title=f"Lamp {n}") for n in range(products)]
    for product in shown[:5]:
        ProductImageFactory(product=product)
    category = CategoryFactory()
    ProductFactory(categories=[category], title="From the category")
    images = [LibraryImageFactory().pk for _ in range(4)]
    linked = factories.standard_page(title=f"Care {products}")
    text = f'<p><a linktype="page" id="{linked.pk}">care</a></p>'
    cards = [
        {"type": "product_card", "value": {"product_id": each.pk, "note": ""}}
        for each in shown
    ]
    half = len(cards) // 2
    body = [
        {"type": "rich_text", "value": text},
        {"type": "image", "value": {"image": images[0], "caption": ""}},
        {"type": "gallery", "value": {"images": [{"image": images[1]}]}},
        {
            "type": "image_with_text",
            "value": {"image": images[2], "text": text, "side": "start"},
        },
        *cards[:half],
        {
            "type": "columns",
            "value": {
                "columns": [
                    {"body": cards[half:]},
                    {"body": [{"type": "image", "value": {"image": images[3]}}]},
                ]
            },
        },
        {"type": "product_grid", "value": {"category_id": category.pk, "limit": 4}},
        {
            "type": "call_to_action",
            "value": {
                "title": "Care",
                "text": text,
                "label": "Read",
                "link": [{"type": "page", "value": linked.pk}],
            },
        },
    ]
    page = factories.article(
        parent=index,
        title=f"Article of {products}",
        cover=LibraryImageFactory(),
        tags=["light"],
        body=json.dumps(body),
    )
    return page.url


@pytest.mark.parametrize("products", [12, 60])
def test_article_costs_ten_statements(home, client, statements, products):
    # id and ancestors · page · tags · what to read next · images · linked pages ·
    # products of the category · three for the cards
    index = factories.article_index()
    factories.article(parent=index, title="Another", tags=["light"])
    path = article_with(products, index=index)

    assert statements(path) <= 10
    html = client.get(path).content.decode()
    assert html.count('class="product-card"') == products + 1
    assert "Another" in html


def test_index_of_twenty_articles_costs_six_statements(home, client, statements):
    # id and ancestors · page · tags in use · count · articles with their covers
    index = factories.article_index()
    for number in range(20):
        factories.article(
            parent=index,
            title=f"Article {number}",
            cover=LibraryImageFactory(),
            tags=["light", f"tag {number}"],
        )

    assert statements(index.url) <= 6
    assert (
        client.get(index.url).content.decode().count('class="article-card ')
        + (client.get(index.url).content.decode().count('class="article-card"'))
        == 20
    )


def test_page_far_down_costs_as_much_as_one_at_the_top(home, statements):
    top = factories.standard_page(title="Help")
    deep = top
    for number in range(4):
        deep = factories.standard_page(parent=deep, title=f"Level {number}")

    assert statements(deep.url) == statements(top.url) == 2


def test_home_costs_as_little_with_many_articles(home, statements):
    # id and ancestors · page, the linked page of the hero joined · categories · articles
    index = factories.article_index()
    for number in range(5):
        factories.article(parent=index, title=f"Article {number}")
    for _ in range(5):
        CategoryFactory()

    assert statements("/") == 4


def test_paths_are_found_by_an_index(home, django_assert_num_queries):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Page.objects.filter(url_path="/home/").order_by().explain()

    assert "cms_pages_url_path" in plan
