from __future__ import annotations

from datetime import datetime

from oscar.apps.offer.applicator import Applicator as OscarApplicator
from oscar.apps.offer.applicator import OfferApplicationError

from catalogue.offer.models import ConditionalOffer, Range
from catalogue.offer.rounding import discount_spread

__all__ = ["Applicator", "OfferApplicationError"]


class Applicator(OscarApplicator):
    """Offers of the basket's moment, discounts on the cent.

    The clock is ``basket.strategy.context.at``. Statements: one for the offers, one
    for the vouchers, one for each range.
    """

    def get_offers(self, basket, user=None, request=None):
        self.at: datetime = basket.strategy.context.at
        offers = super().get_offers(basket, user, request)
        _ranges_remember(offers, basket)
        return offers

    def get_site_offers(self):
        return _with_ranges(
            ConditionalOffer.active.at(self.at).filter(offer_type=ConditionalOffer.SITE)
        )

    def get_basket_offers(self, basket, user):
        """Offers of the basket's vouchers that hold now and that ``user`` may use."""
        if not basket.id or not user:
            return []
        offers = []
        for voucher in basket.vouchers.all():
            if not voucher.is_active(self.at):
                continue
            if not voucher.is_available_to_user(user=user)[0]:
                continue
            for offer in _with_ranges(voucher.offers.all()):
                offer.set_voucher(voucher)
                offers.append(offer)
        return offers

    def apply_offers(self, basket, offers):
        super().apply_offers(basket, offers)
        _discounts_round(basket)


def _with_ranges(offers):
    return offers.select_related("condition__range", "benefit__range")


def _ranges_remember(offers: list[ConditionalOffer], basket) -> None:
    """One range object for all offers that share it, asked once for the whole basket."""
    products = [line.product for line in basket.all_lines()]
    ranges: dict[int, Range] = {}
    for offer in offers:
        for part in (offer.condition, offer.benefit):
            if part.range is None:
                continue
            if part.range.pk not in ranges:
                part.range.remember(products)
                ranges[part.range.pk] = part.range
            part.range = ranges[part.range.pk]


def _discounts_round(basket) -> None:
    """Put each offer's discount on the lines' cents, so that the lines add up to it.

    Oscar's percentage benefit (4.2) rounds the sum, but not what it takes off the
    lines.
    """
    lines = list(basket.all_lines())
    for application in basket.offer_applications:
        entries = [
            (line.discounts, index, entry)
            for line in lines
            for index, entry in enumerate(line.discounts.all())
            if entry.offer == application["offer"]
        ]
        amounts = discount_spread(
            [entry.amount for _, _, entry in entries], application["discount"]
        )
        for (registry, index, entry), amount in zip(entries, amounts, strict=True):
            registry.all()[index] = entry._replace(amount=amount)
            registry._discount_incl_tax = registry._discount_excl_tax = None
