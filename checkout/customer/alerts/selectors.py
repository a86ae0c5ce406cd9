"""Who waits for what, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalogue.models import Product
from catalogue.partner.models import StockRecord
from catalogue.partner.prices import TaxedPrice
from catalogue.partner.strategy import Strategy, stockrecords_prefetch
from checkout.customer.models import ProductAlert
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.context import ShopContext

TURN = timedelta(days=1)
"""How long a piece counts as promised to who was told of it."""

PRODUCTS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class AlertOffer:
    """A product that can be bought now; ``pieces`` is ``None`` where stock is not counted."""

    product: Product
    price: TaxedPrice
    pieces: int | None


def alert_products(context: ShopContext) -> list[int]:
    """Primary keys of public products in stock that somebody waits for whose turn it is.

    One statement; a first look: :func:`alert_offer` asks the strategy.
    """
    told = (
        _told().filter(product=OuterRef("product")).order_by().values("product")
    ).annotate(count=Count("pk"))
    tracked = Coalesce(
        "product__product_class__track_stock",
        "product__parent__product_class__track_stock",
    )
    in_stock = (
        StockRecord.objects.priced(context)
        .filter(product=OuterRef("product"), current_price__isnull=False)
        .annotate(
            tracked=tracked,
            free=F("num_in_stock") - Coalesce("num_allocated", 0),
            told=Coalesce(Subquery(told.values("count")), 0),
        )
        .filter(Q(tracked=False) | Q(free__gt=F("told")))
    )
    waiting = (
        ProductAlert.objects.filter(
            Q(product__parent=None) | Q(product__parent__is_public=True),
            Exists(in_stock),
            status=ProductAlert.ACTIVE,
            product__is_public=True,
        )
        .order_by("product_id")
        .values_list("product_id", flat=True)
        .distinct()
    )
    return list(waiting[:PRODUCTS_AT_ONCE])


def alert_offer(product_id: int, context: ShopContext) -> AlertOffer | None:
    """The product as it is offered now; ``None`` if it is hidden or can't be bought."""
    product = (
        Product.objects.filter(pk=product_id)
        .select_related("product_class", "parent__product_class")
        .prefetch_related(stockrecords_prefetch(context))
        .first()
    )
    if product is None or product.is_parent:
        return None
    info = Strategy(context=context).fetch_for_product(product)
    if not info.availability.is_available_to_buy:
        return None
    return AlertOffer(
        product, info.price, getattr(info.availability, "num_available", None)
    )


def alerts_due(offer: AlertOffer) -> QuerySet[ProductAlert]:
    """Who is told now, the first who came first: as many as there are pieces not promised yet."""
    waiting = ProductAlert.objects.filter(
        product=offer.product, status=ProductAlert.ACTIVE
    ).order_by("date_created", "pk")
    if offer.pieces is None:
        return waiting
    free = offer.pieces - _told().filter(product=offer.product).count()
    return waiting[: max(free, 0)]


def alerts_of(user: User) -> QuerySet[ProductAlert]:
    """What the person waits for, the newest first, with products and their parents."""
    return ProductAlert.objects.filter(
        user=user, status__in=[ProductAlert.UNCONFIRMED, ProductAlert.ACTIVE]
    ).select_related("product__parent")


def waiting_count(product: OuterRef) -> Coalesce:
    """For ``annotate()`` of products: how many people wait for it or one of its variants."""
    waiting = (
        ProductAlert.objects.filter(
            Q(product=product) | Q(product__parent=product),
            status=ProductAlert.ACTIVE,
        )
        .annotate(one=F("status"))
        .order_by()
        .values("one")
        .annotate(count=Count("pk"))
    )
    return Coalesce(Subquery(waiting.values("count")), 0)


def _told() -> QuerySet[ProductAlert]:
    return ProductAlert.objects.filter(
        status=ProductAlert.CLOSED, date_closed__gt=clock.now() - TURN
    )
