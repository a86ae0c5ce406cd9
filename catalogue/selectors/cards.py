from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from oscar.core.loading import feature_hidden

from catalogue.models import Product, ProductImage
from catalogue.offer.selectors import OfferView, offer_view, offers_of_record
from catalogue.options import with_required_options
from catalogue.partner.models import StockRecord
from catalogue.partner.prices import TaxedPrice
from catalogue.partner.selectors import strike_prices
from catalogue.partner.strategy import Strategy
from catalogue.reviews.models import ProductReview
from foundation.core.context import ShopContext
from foundation.media.images import ImageView, image_view

NEW_FOR = timedelta(days=30)
"""How long a product is called new."""


@dataclass(frozen=True, slots=True)
class PriceView:
    """A price to show: gross or net as the shop's tax mode says (``tax_included``).

    ``was`` is the strike price (EU 98/6 Art. 6a) where the price is reduced,
    ``is_from`` that variants cost different amounts, of which this is the lowest.
    ``offer`` reduces it further, but only in the basket.
    """

    amount: Decimal
    currency: str
    is_from: bool = False
    was: Decimal | None = None
    tax_included: bool = True
    offer: OfferView | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityView:
    """``code`` as Oscar's policies have it: available, instock, outofstock, unavailable; and lowstock."""

    code: str
    message: str
    can_buy: bool


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product as lists and blocks show it; drawing it costs no query.

    ``requires_options``: it can only be put into the basket on its own page.
    """

    id: int
    title: str
    url: str
    image: ImageView | None
    price: PriceView | None
    availability: AvailabilityView
    rating: Decimal | None
    review_count: int
    is_parent: bool
    variant_count: int
    requires_options: bool
    badge: str


@dataclass(frozen=True, slots=True)
class Offering:
    """What one stock record offers in a context; ``was`` is its strike price.

    ``offer`` is what the basket takes off one piece.
    """

    product_id: int
    currency: str
    price: TaxedPrice
    availability: AvailabilityView
    was: Decimal | None
    offer: OfferView | None

    @property
    def amount(self) -> Decimal:
        return self.price.effective_price


def card_queryset() -> QuerySet[Product]:
    """Products with what a card needs of them; filter, order and slice it, then
    :func:`cards_for_products`."""
    products = with_required_options(Product.objects.select_related("parent"))
    if feature_hidden("reviews"):
        return products.annotate(review_count=Value(0))
    reviews = (
        ProductReview.objects.approved()
        .filter(product=OuterRef("pk"))
        .order_by()
        .values("product")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return products.annotate(review_count=Coalesce(Subquery(reviews), 0))


def product_cards(ids: Sequence[int], *, context: ShopContext) -> list[ProductCard]:
    """Cards of the public products among ``ids``, in their order; others are left out.

    Four statements, however many: products, stock with prices, images and, if a
    price is reduced, history.
    """
    products = {
        product.pk: product
        for product in card_queryset().filter(
            Q(parent=None) | Q(parent__is_public=True), pk__in=ids, is_public=True
        )
    }
    return cards_for_products(
        [products[pk] for pk in dict.fromkeys(ids) if pk in products], context=context
    )


def cards_for_products(
    products: Iterable[Product], *, context: ShopContext
) -> list[ProductCard]:
    """Cards of ``products`` (of :func:`card_queryset`) in their order.

    Three statements besides that of ``products``; two where nothing is reduced.
    """
    products = list(products)
    if not products:
        return []
    offerings = offerings_load([product.pk for product in products], context=context)
    images = primary_images(products)
    return [
        card_make(
            product,
            offerings=offerings.get(product.pk, []),
            image=images.get(product.pk),
            context=context,
        )
        for product in products
    ]


def card_make(
    product: Product,
    *,
    offerings: list[Offering],
    image: ImageView | None,
    context: ShopContext,
) -> ProductCard:
    """A card of what has been loaded; no query."""
    price = price_view(offerings)
    return ProductCard(
        id=product.pk,
        title=product.get_title(),
        url=product_url(product),
        image=image,
        price=price,
        availability=availability_view(offerings),
        rating=rating_view(product.rating),
        review_count=product.review_count,
        is_parent=product.is_parent,
        variant_count=len(offerings) if product.is_parent else 0,
        requires_options=product.requires_options,
        badge=_badge(product, price, context),
    )


def product_url(product: Product) -> str:
    """The product's address; of a variant its parent's with ``?variant=``."""
    if product.parent is not None:
        return f"{product.parent.get_absolute_url()}?variant={product.pk}"
    return product.get_absolute_url()


def rating_view(rating: float | None) -> Decimal | None:
    """``rating`` (0 to 5) with one decimal."""
    if rating is None:
        return None
    return Decimal(str(rating)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


# --- Price and stock of many products ---------------------------------------------


def offerings_load(
    product_ids: Sequence[int], *, context: ShopContext
) -> dict[int, list[Offering]]:
    """What each product (by id) offers: one offering, or one for each public variant.

    Ordered by primary key of the product. Two statements, the second only if a
    price is reduced. Offers come with the stock.
    """
    owned = Product.objects.filter(
        Q(pk__in=product_ids) | Q(parent__in=product_ids, is_public=True)
    ).order_by()
    records: dict[int, StockRecord] = {}
    for record in (
        StockRecord.objects.priced(context)
        .filter(product__in=owned.values("pk"), current_price__isnull=False)
        .annotate(
            parent_id=F("product__parent_id"),
            offers=offers_of_record(context.at),
            track_stock=Coalesce(
                "product__product_class__track_stock",
                "product__parent__product_class__track_stock",
            ),
        )
        .order_by("product_id", "pk")
    ):
        records.setdefault(record.product_id, record)
    was = strike_prices(records.values(), context=context)
    wanted = set(product_ids)
    strategy = Strategy(context=context)
    offerings: dict[int, list[Offering]] = {}
    for record in records.values():
        offering = _offering(strategy, record, was.get(record.pk))
        owners = {record.product_id, record.parent_id}  # type: ignore[attr-defined]
        for owner in owners & wanted:
            offerings.setdefault(owner, []).append(offering)
    return offerings


def _offering(strategy: Strategy, record: StockRecord, was: Decimal | None) -> Offering:
    policy = strategy.stock_policy(record, record.track_stock)  # type: ignore[attr-defined]
    price = strategy.pricing_policy(None, record)
    return Offering(
        product_id=record.product_id,
        currency=record.price_currency,
        price=price,
        availability=AvailabilityView(
            code=policy.code,
            message=str(policy.message),
            can_buy=policy.is_available_to_buy,
        ),
        was=was,
        offer=offer_view(
            record.offers,  # type: ignore[attr-defined]
            price=price.effective_price,
            currency=record.price_currency,
        ),
    )


def price_view(offerings: list[Offering]) -> PriceView | None:
    """The lowest price of what can be bought, else of all; ``None`` without prices."""
    buyable = [each for each in offerings if each.availability.can_buy] or offerings
    if not buyable:
        return None
    lowest = min(buyable, key=lambda each: each.amount)
    return PriceView(
        amount=lowest.amount,
        currency=lowest.currency,
        is_from=any(each.amount != lowest.amount for each in buyable),
        was=lowest.was,
        tax_included=lowest.price.tax_mode == "gross",
        offer=lowest.offer,
    )


def availability_view(offerings: list[Offering]) -> AvailabilityView:
    """Of one offering its own; of several: in stock while one of them can be bought."""
    if not offerings:
        return AvailabilityView(
            "unavailable", _("Not available at the moment"), can_buy=False
        )
    if len(offerings) == 1:
        return offerings[0].availability
    if any(each.availability.can_buy for each in offerings):
        return AvailabilityView("instock", _("In stock"), can_buy=True)
    return offerings[0].availability


# --- Images -----------------------------------------------------------------------


def primary_images(products: Sequence[Product]) -> dict[int, ImageView]:
    """The first image of each product, by its id; of a variant without one its parent's.

    One statement. Decorative in lists, where the title stands beside it: ``alt``
    is the caption or empty.
    """
    ids = {product.pk for product in products}
    ids |= {product.parent_id for product in products if product.parent_id}
    first = {
        image.product_id: image_view(image.original, alt=image.caption)
        for image in ProductImage.objects.filter(product__in=ids)
        .select_related("original")
        .order_by("product_id", "display_order", "pk")
        .distinct("product_id")
    }
    return {
        product.pk: image
        for product in products
        if (image := first.get(product.pk) or first.get(product.parent_id or 0))
    }


def _badge(product: Product, price: PriceView | None, context: ShopContext) -> str:
    if price and price.was:
        percent = int((1 - price.amount / price.was) * 100)
        if percent:
            return _("−%(percent)d %%") % {"percent": percent}
    if product.date_created > context.at - NEW_FOR:
        return _("New")
    return ""
