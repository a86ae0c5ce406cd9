"""Offers that shoppers see before anything is in their basket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from catalogue.models import ProductCategory
from catalogue.offer.models import Benefit, Condition, ConditionalOffer, Range
from foundation.core.templatetags.money import MINUS, money

SHIPPING = (
    Benefit.SHIPPING_PERCENTAGE,
    Benefit.SHIPPING_ABSOLUTE,
    Benefit.SHIPPING_FIXED_PRICE,
)


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer that the basket applies to one piece; ``saving`` says what it takes off."""

    name: str
    url: str
    saving: str


def offer_of_record(at: datetime) -> Subquery:
    """For ``annotate()`` of priced stock records: the offer on one piece, for :func:`offer_view`.

    It is the first site offer, in the order of the basket, whose condition one piece
    satisfies and whose benefit reduces that piece. It adds no statement.
    """
    price = OuterRef("current_price")
    count_of_one = Q(condition__type__in=(Condition.COUNT, Condition.COVERAGE))
    satisfied = count_of_one & Q(condition__value__lte=1)
    satisfied |= Q(condition__type=Condition.VALUE, condition__value__lte=price)
    is_unlimited = Q(max_discount=None) | Q(max_discount=0)
    return Subquery(
        ConditionalOffer.active.at(at)
        .filter(
            satisfied,
            is_unlimited | Q(max_discount__gt=F("total_discount")),
            Q(max_global_applications=None)
            | Q(max_global_applications=0)
            | Q(max_global_applications__gt=F("num_applications")),
            _in_range("condition__range"),
            _in_range("benefit__range"),
            offer_type=ConditionalOffer.SITE,
            condition__proxy_class=None,
            benefit__proxy_class=None,
        )
        .exclude(benefit__type__in=SHIPPING)
        .order_by("-priority", "pk")
        .values(
            json=JSONObject(
                name="name",
                slug="slug",
                type="benefit__type",
                value="benefit__value",
                is_for_everybody=Case(
                    When(
                        (Q(max_user_applications=None) | Q(max_user_applications=0))
                        & (
                            is_unlimited
                            | Q(max_discount__gte=F("total_discount") + price)
                        ),
                        then=Value(True),
                    ),
                    default=Value(False),
                    output_field=BooleanField(),
                ),
            )
        )[:1],
        output_field=JSONField(),
    )


def offer_view(
    found: dict[str, Any] | None, *, price: Decimal, currency: str
) -> OfferView | None:
    """Return the view of what :func:`offer_of_record` has found; ``None`` if it may not be promised."""
    if not found or not found["is_for_everybody"]:
        return None
    value = Decimal(str(found["value"] or 0))
    if found["type"] == Benefit.PERCENTAGE:
        percent = min(value, Decimal(100)).normalize()
        saving = f"{MINUS}{number_format(percent)}\N{NO-BREAK SPACE}%"
    elif found["type"] in (Benefit.FIXED, Benefit.FIXED_UNIT):
        saving = money(-min(value, price), currency)
    else:
        return None
    return OfferView(
        name=found["name"],
        url=reverse("offer:detail", kwargs={"slug": found["slug"]}),
        saving=_("%(saving)s in the basket") % {"saving": saving},
    )


PRODUCT = ("product_id", "product__parent_id")
CLASS = ("product__product_class_id", "product__parent__product_class_id")
"""The stock record's product or the parent of it, and the class of either."""


def _in_range(path: str) -> Q:
    """The rule of ``Range.product_queryset``: the range at ``path`` holds the stock record's product."""

    def has(members: Any, *conditions) -> Q:
        rows = members.through._default_manager.filter(
            *conditions, range=OuterRef(path)
        )
        return Q(Exists(rows))

    def has_product(members: Any) -> Q:
        return has(members, _is_of_record("product", PRODUCT, depth=2))

    def has_category(members: Any) -> Q:
        placed = ProductCategory.objects.filter(
            _is_of_record("product", PRODUCT, depth=3),
            category__path__startswith=OuterRef("category__path"),
        )
        return has(members, Exists(placed))

    included = Q(**{f"{path}__includes_all_products": True})
    included |= has_product(Range.included_products)
    included |= has_category(Range.included_categories)
    included |= has(Range.classes, _is_of_record("productclass", CLASS, depth=2))
    excluded = has_product(Range.excluded_products)
    excluded |= has_category(Range.excluded_categories)
    return Q(**{f"{path}__proxy_class": None}) & included & ~excluded


def _is_of_record(field: str, names: tuple[str, ...], *, depth: int) -> Q:
    """``field`` is one of the fields of the stock record, which is ``depth`` queries further out."""
    found = Q()
    for name in names:
        outer: Any = name
        for _level in range(depth):
            outer = OuterRef(outer)
        found |= Q(**{field: outer})
    return found
