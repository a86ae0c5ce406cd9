"""Standing offers and voucher codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from oscar.core.loading import get_model

from catalogue.models import Category
from foundation.core import clock
from storefront.demo.specs import DemoCatalogue, OfferSpec, VoucherSpec

Benefit = get_model("offer", "Benefit")
Condition = get_model("offer", "Condition")
ConditionalOffer = get_model("offer", "ConditionalOffer")
Range = get_model("offer", "Range")
Voucher = get_model("voucher", "Voucher")

USAGE = {
    "single-use": Voucher.SINGLE_USE,
    "multi-use": Voucher.MULTI_USE,
    "once-per-customer": Voucher.ONCE_PER_CUSTOMER,
}


@transaction.atomic
def offers_seed(demo: DemoCatalogue) -> None:
    """Make the offers and vouchers that are not there yet, by slug and by code."""
    offers = set(ConditionalOffer.objects.values_list("slug", flat=True))
    for offer in demo.offers:
        if offer.slug not in offers:
            _make_offer(offer)
    codes = set(Voucher.objects.values_list("code", flat=True))
    for voucher in demo.vouchers:
        if voucher.code not in codes:
            _make_voucher(voucher)


def _range(name: str, slug: str, categories: Iterable[str]):
    products, _ = Range.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "is_public": bool(categories),
            "includes_all_products": not categories,
        },
    )
    products.included_categories.set(Category.objects.filter(slug__in=categories))
    return products


def _make_offer(spec: OfferSpec) -> None:
    products = _range(spec.name, spec.slug, spec.categories)
    condition = {"range": products, "type": Condition.COUNT, "value": 1}
    benefit = {"range": products, "type": Benefit.PERCENTAGE, "value": spec.value}
    if spec.kind == "multibuy":
        condition["value"] = spec.quantity
        benefit |= {"type": Benefit.MULTIBUY, "value": None}
    elif spec.kind == "free-shipping":
        condition |= {"type": Condition.VALUE, "value": spec.value}
        benefit = {"type": Benefit.SHIPPING_PERCENTAGE, "value": 100}
    ConditionalOffer.objects.create(
        slug=spec.slug,
        name=spec.name,
        description=spec.description,
        condition=Condition.objects.create(**condition),
        benefit=Benefit.objects.create(**benefit),
        start_datetime=clock.now() - timedelta(days=30),
    )


def _make_voucher(spec: VoucherSpec) -> None:
    products = _range("All products", "all-products", ())
    offer = ConditionalOffer.objects.create(
        name=f"Voucher {spec.code}",
        offer_type=ConditionalOffer.VOUCHER,
        condition=Condition.objects.create(
            range=products, type=Condition.COUNT, value=1
        ),
        benefit=Benefit.objects.create(
            range=products, type=Benefit.PERCENTAGE, value=spec.value
        ),
    )
    now = clock.now()
    voucher = Voucher.objects.create(
        name=spec.name,
        code=spec.code,
        usage=USAGE[spec.usage],
        start_datetime=now + timedelta(days=spec.starts_in_days),
        end_datetime=now + timedelta(days=spec.ends_in_days),
    )
    voucher.offers.add(offer)
