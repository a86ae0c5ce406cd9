"""Writes of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product as combinations
from math import prod
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import (
    AttributeOption,
    Product,
    ProductAttribute,
    ProductAttributeValue,
)
from catalogue.partner.models import Partner, StockRecord
from foundation.audit.services import audit_record
from foundation.core.errors import DomainError

if TYPE_CHECKING:
    from foundation.accounts.models import User

VARIANTS_AT_ONCE = 200


class VariantError(DomainError):
    """These variants can't be made of this product."""


def product_create_variants(
    *,
    parent: Product,
    axes: Mapping[str, Sequence[AttributeOption]],
    partner: Partner | None = None,
    actor: User | None = None,
) -> list[Product]:
    """Make a variant of ``parent`` for each combination of ``axes`` that it does not have yet.

    ``axes`` maps codes of the product type's attributes of type option to the
    options chosen. Each variant gets an article number made of its parent's and
    its options, and a stock record at ``partner`` (the first one if not given)
    with nothing in stock and no price: prices come by ``price_change()``. A
    stand-alone product becomes a parent. One transaction; locks the product.

    Returns the new variants in the order of ``axes``.

    Raises:
        VariantError: an axis is unknown or empty, too many combinations, a
            variant as parent, or a product that has stock of its own.
    """
    with transaction.atomic():
        locked = Product.objects.select_for_update().get(pk=parent.pk)
        attributes = _axes_check(locked, axes)
        if locked.is_standalone:
            locked.structure = Product.PARENT
            locked.save(update_fields=["structure", "date_updated"])
        present = _combinations_present(locked, list(attributes))
        made = [
            _variant_create(locked, attributes, options, partner)
            for options in combinations(*axes.values())
            if tuple(option.pk for option in options) not in present
        ]
        audit_record(
            instance=locked,
            action="audit.change",
            actor=actor,
            before={"variants": len(present)},
            after={"variants": len(present) + len(made)},
        )
    parent.structure = locked.structure
    return made


def _axes_check(
    parent: Product, axes: Mapping[str, Sequence[AttributeOption]]
) -> dict[str, ProductAttribute]:
    can_be_parent, reason = parent.can_be_parent(give_reason=True)
    if not can_be_parent:
        raise VariantError(str(reason))
    if not axes or not all(axes.values()):
        raise VariantError(_("Choose at least one option of each axis."))
    if prod(len(options) for options in axes.values()) > VARIANTS_AT_ONCE:
        raise VariantError(
            ngettext(
                "At most %(count)d variant can be made at once.",
                "At most %(count)d variants can be made at once.",
                VARIANTS_AT_ONCE,
            )
            % {"count": VARIANTS_AT_ONCE}
        )
    known = {
        attribute.code: attribute
        for attribute in ProductAttribute.objects.filter(
            product_class=parent.product_class_id, type=ProductAttribute.OPTION
        )
    }
    for code, options in axes.items():
        if code not in known or any(
            option.group_id != known[code].option_group_id for option in options
        ):
            raise VariantError(
                _("“%(code)s” is no axis of this product type.") % {"code": code}
            )
    return {code: known[code] for code in axes}


def _combinations_present(parent: Product, codes: list[str]) -> set[tuple]:
    """The options (primary keys, in the order of ``codes``) of each variant there is."""
    chosen: dict[int, dict[str, int]] = {}
    for child_id, code, option_id in ProductAttributeValue.objects.filter(
        product__parent=parent, attribute__code__in=codes
    ).values_list("product_id", "attribute__code", "value_option_id"):
        chosen.setdefault(child_id, {})[code] = option_id
    return {tuple(options.get(code) for code in codes) for options in chosen.values()}


def _variant_create(
    parent: Product,
    attributes: Mapping[str, ProductAttribute],
    options: Sequence[AttributeOption],
    partner: Partner | None,
) -> Product:
    base = (parent.upc or parent.slug)[:30]
    parts = [slugify(option.code or option.option)[:12] for option in options]
    sku = "-".join(filter(None, [base, *parts])).upper()[:60]
    if Product.objects.filter(upc=sku).exists():
        sku = f"{sku[:51]}-{uuid4().hex[:8].upper()}"
    child = Product.objects.create(
        structure=Product.CHILD, parent=parent, upc=sku, slug=parent.slug
    )
    ProductAttributeValue.objects.bulk_create(
        ProductAttributeValue(product=child, attribute=attribute, value_option=option)
        for attribute, option in zip(attributes.values(), options, strict=True)
    )
    partner = partner or Partner.objects.order_by("pk").first()
    if partner is None:
        raise VariantError(_("Add a supplier first."))
    StockRecord.objects.create(
        product=child, partner=partner, partner_sku=sku, num_in_stock=0
    )
    return child
