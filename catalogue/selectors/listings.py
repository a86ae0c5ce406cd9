from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext as _
from oscar.apps.catalogue.managers import ProductQuerySet
from oscar.core.loading import feature_hidden

from catalogue.models import Product
from catalogue.partner.models import StockRecord
from catalogue.selectors.cards import ProductCard, card_queryset, cards_for_products
from foundation.core.context import ShopContext

PRODUCTS_PER_PAGE = settings.OSCAR_PRODUCTS_PER_PAGE
CAN_BE_BOUGHT = Q(num_in_stock__gt=Coalesce("num_allocated", 0)) | Q(
    product__parent__product_class__track_stock=False
)
DEFAULT_SORT = "featured"
SORTS: dict[str, list[OrderBy | Lower]] = {
    "featured": [F("priority").desc(), F("date_created").desc()],
    "newest": [F("date_created").desc()],
    "price-asc": [F("listing_price").asc(nulls_last=True)],
    "price-desc": [F("listing_price").desc(nulls_last=True)],
    "rating": [F("rating").desc(nulls_last=True), F("review_count").desc()],
    "title": [Lower("title")],
}


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One page of a list of products; ``sort`` is the key in effect."""

    cards: list[ProductCard]
    page: Page
    sort: str


def sort_choices() -> list[tuple[str, str]]:
    """Keys and translated names of the ways to sort."""
    choices = [
        ("featured", _("Our choice first")),
        ("newest", _("Newest first")),
        ("price-asc", _("Price, low to high")),
        ("price-desc", _("Price, high to low")),
        ("rating", _("Best rated first")),
        ("title", _("Name, A to Z")),
    ]
    if feature_hidden("reviews"):
        choices.remove(("rating", _("Best rated first")))
    return choices


def product_page(
    products: ProductQuerySet,
    *,
    context: ShopContext,
    sort: str = DEFAULT_SORT,
    number: str | int = 1,
    per_page: int = PRODUCTS_PER_PAGE,
    order: Sequence[OrderBy | Lower] | None = None,
) -> ProductPage:
    """The public ones of ``products``, sorted, as cards: one page of them.

    An unknown ``sort`` is the default; ``order`` stands in for it. A page that is no number is the first, one
    beyond the end the last. Five statements: count, products and three for cards.
    """
    if sort not in SORTS:
        sort = DEFAULT_SORT
    listed = card_queryset().filter(pk__in=products.browsable().order_by().values("pk"))
    if sort.startswith("price"):
        listed = with_listing_price(listed, context)
    paginator = Paginator(listed.order_by(*(order or SORTS[sort]), "-pk"), per_page)
    page = paginator.get_page(number)
    return ProductPage(
        cards=cards_for_products(page.object_list, context=context),
        page=page,
        sort=sort,
    )


def with_listing_price(
    products: QuerySet[Product], context: ShopContext
) -> QuerySet[Product]:
    """``products`` with ``listing_price``: what their cards show at ``context.at``.

    Their own price, or the lowest of their public variants that can be bought,
    else of all (:func:`catalogue.selectors.cards.price_view`).
    """
    records = StockRecord.objects.priced(context).filter(current_price__isnull=False)
    of_variants = records.filter(
        product__parent=OuterRef("pk"), product__is_public=True
    ).order_by(
        Case(When(CAN_BE_BOUGHT, then=0), default=1, output_field=IntegerField()),
        "current_price",
    )
    return products.annotate(
        listing_price=Coalesce(
            Subquery(
                records.filter(product=OuterRef("pk")).values("current_price")[:1]
            ),
            Subquery(of_variants.values("current_price")[:1]),
        )
    )
