from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from modelsearch.backends import get_search_backend

from catalogue.models import Product
from catalogue.search.text import folded
from catalogue.selectors import PRODUCTS_PER_PAGE, ProductPage, product_cards
from foundation.core.context import ShopContext

QUERY_LENGTH = 200
SUGGESTIONS = 8


def products_search(
    query: str,
    *,
    context: ShopContext,
    page: str | int = 1,
    per_page: int = PRODUCTS_PER_PAGE,
) -> ProductPage:
    """Public products that have all words of ``query``, the best match first, one page of them.

    Price and stock are read now, never from the index. Six statements at most:
    count, page, and four for the cards; none for an empty query.
    """
    text = folded(query.strip())[:QUERY_LENGTH]
    found = get_search_backend().search(text, _public()) if text else []
    listed = Paginator(found, per_page).get_page(page)
    ids = [product.pk for product in listed.object_list]
    return ProductPage(
        cards=product_cards(ids, context=context) if ids else [],
        page=listed,
        sort="relevance",
    )


def products_suggest(query: str, *, limit: int = SUGGESTIONS) -> list[tuple[str, str]]:
    """Title and address of public products with a word that begins like ``query``. One statement."""
    text = folded(query.strip())[:QUERY_LENGTH]
    if not text:
        return []
    found = get_search_backend().autocomplete(text, _public())
    return [(product.title, product.get_absolute_url()) for product in found[:limit]]


def _public() -> QuerySet[Product]:
    return Product.objects.filter(is_public=True, parent=None)
