"""Reads of the catalogue: set-based, a fixed number of statements each, public things only."""

from catalogue.selectors.cards import (
    AvailabilityView,
    PriceView,
    ProductCard,
    card_queryset,
    cards_for_products,
    product_cards,
)
from catalogue.selectors.categories import (
    Breadcrumb,
    CategoryDetail,
    CategoryLink,
    CategoryView,
    category_detail,
    category_links,
    category_menu,
    category_products,
    category_roots,
)
from catalogue.selectors.listings import (
    PRODUCTS_PER_PAGE,
    ProductPage,
    product_page,
    sort_choices,
)
from catalogue.selectors.products import (
    ProductDetail,
    ProductNotFoundError,
    product_detail,
    review_view,
)

__all__ = [
    "PRODUCTS_PER_PAGE",
    "AvailabilityView",
    "Breadcrumb",
    "CategoryDetail",
    "CategoryLink",
    "CategoryView",
    "PriceView",
    "ProductCard",
    "ProductDetail",
    "ProductNotFoundError",
    "ProductPage",
    "card_queryset",
    "cards_for_products",
    "category_detail",
    "category_links",
    "category_menu",
    "category_products",
    "category_roots",
    "product_cards",
    "product_detail",
    "product_page",
    "review_view",
    "sort_choices",
]
