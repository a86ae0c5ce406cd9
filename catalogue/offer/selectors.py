"""Offers that shoppers see before anything is in their basket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalogue.offer.models import Benefit, Condition, ConditionalOffer
from foundation.core.templatetags.money import MINUS, money

DELIVERY = (
    Benefit.SHIPPING_PERCENTAGE,
    Benefit.SHIPPING_ABSOLUTE,
    Benefit.SHIPPING_FIXED_PRICE,
)
IN_CATEGORY = """EXISTS (
    SELECT FROM {members} member
    JOIN catalogue_category listed ON listed.id = member.category_id
    JOIN catalogue_productcategory placed ON placed.product_id IN (product.id, product.parent_id)
    JOIN catalogue_category own ON own.id = placed.category_id
    WHERE member.range_id = range.id AND starts_with(own.path, listed.path)
)"""
IN_PRODUCTS = """EXISTS (
    SELECT FROM {members} member
    WHERE member.range_id = range.id AND member.product_id IN (product.id, product.parent_id)
)"""
IN_CLASSES = """EXISTS (
    SELECT FROM offer_range_classes member
    WHERE member.range_id = range.id
      AND member.productclass_id IN (product.product_class_id, parent.product_class_id)
)"""
IN_RANGE = f"""EXISTS (
    SELECT FROM offer_range range
    WHERE range.id = {{range_id}} AND range.proxy_class IS NULL
      AND (
        range.includes_all_products
        OR {IN_PRODUCTS.format(members="offer_rangeproduct")}
        OR {IN_CATEGORY.format(members="offer_range_included_categories")}
        OR {IN_CLASSES}
      )
      AND NOT {IN_PRODUCTS.format(members="offer_range_excluded_products")}
      AND NOT {IN_CATEGORY.format(members="offer_range_excluded_categories")}
)"""
"""The rule of ``Range.product_queryset`` for one product and many ranges."""

OFFERS_OF_RECORD = f"""(
    SELECT jsonb_agg(
        jsonb_build_object(
            'name', offer.name,
            'slug', offer.slug,
            'condition', condition.type,
            'at_least', condition.value,
            'benefit', benefit.type,
            'value', benefit.value,
            'has_limit_for_each_user', COALESCE(offer.max_user_applications, 0) > 0,
            'discount_left', NULLIF(offer.max_discount, 0) - offer.total_discount
        )
        ORDER BY offer.priority DESC, offer.id
    )
    FROM offer_conditionaloffer offer
    JOIN offer_condition condition ON condition.id = offer.condition_id
    JOIN offer_benefit benefit ON benefit.id = offer.benefit_id
    JOIN catalogue_product product ON product.id = partner_stockrecord.product_id
    LEFT JOIN catalogue_product parent ON parent.id = product.parent_id
    WHERE offer.status = %s AND offer.offer_type = %s
      AND (offer.start_datetime IS NULL OR offer.start_datetime <= %s)
      AND (offer.end_datetime IS NULL OR offer.end_datetime >= %s)
      AND (
        COALESCE(offer.max_global_applications, 0) = 0
        OR offer.max_global_applications > offer.num_applications
      )
      AND condition.proxy_class IS NULL AND benefit.proxy_class IS NULL
      AND product.is_discountable
      AND {IN_RANGE.format(range_id="condition.range_id")}
      AND (
        benefit.range_id = condition.range_id
        OR {IN_RANGE.format(range_id="benefit.range_id")}
      )
)"""  # noqa: S608 - made of constants


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer that the basket applies to one piece; ``saving`` says what it takes off."""

    name: str
    url: str
    saving: str


def offers_of_record(at: datetime) -> RawSQL:
    """For ``annotate()`` of stock records: site offers on the product, for :func:`offer_view`.

    They come in the order of the basket and add no statement. In SQL, because
    Django needs several times as long to write this statement as to read its rows.
    """
    return RawSQL(  # noqa: S611 - made of constants
        OFFERS_OF_RECORD,
        (ConditionalOffer.OPEN, ConditionalOffer.SITE, at, at),
        output_field=JSONField(),
    )


def offer_view(
    offers: Sequence[dict[str, Any]] | None, *, price: Decimal, currency: str
) -> OfferView | None:
    """Return the first of ``offers`` that the basket applies to one piece at ``price``.

    ``None`` if there is none, if not everybody gets it, or if what it takes off is
    not said in a few words.
    """
    offer = next((each for each in offers or () if _is_applied(each, price)), None)
    saving = _saving(offer, price, currency) if offer else None
    if offer is None or saving is None:
        return None
    return OfferView(
        name=offer["name"],
        url=reverse("offer:detail", kwargs={"slug": offer["slug"]}),
        saving=_("%(saving)s in the basket") % {"saving": saving},
    )


def _is_applied(offer: dict[str, Any], price: Decimal) -> bool:
    left = offer["discount_left"]
    is_used_up = left is not None and left <= 0
    if is_used_up or offer["benefit"] in DELIVERY:
        return False
    least = _decimal(offer["at_least"])
    if offer["condition"] == Condition.VALUE:
        return price >= least
    return least <= 1


def _saving(offer: dict[str, Any], price: Decimal, currency: str) -> str | None:
    left = offer["discount_left"]
    if offer["has_limit_for_each_user"] or (left is not None and left < price):
        return None
    value = _decimal(offer["value"])
    if offer["benefit"] == Benefit.PERCENTAGE:
        percent = number_format(min(value, Decimal(100)).normalize())
        return f"{MINUS}{percent}\N{NO-BREAK SPACE}%"
    if offer["benefit"] in (Benefit.FIXED, Benefit.FIXED_UNIT):
        return money(-min(value, price), currency)
    return None


def _decimal(number: float | None) -> Decimal:
    """A number of JSON as it is in the database."""
    return Decimal(str(number or 0))
