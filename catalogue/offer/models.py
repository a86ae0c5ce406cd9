"""Oscar's offers, read by the shop's clock, with ranges asked once for a whole basket."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.html import escape
from oscar.apps.offer.abstract_models import (
    AbstractBenefit,
    AbstractCondition,
    AbstractConditionalOffer,
    AbstractRange,
)
from oscar.core.loading import get_class

from catalogue.models import Product, ProductCategory
from catalogue.offer.managers import ActiveOfferManager
from foundation.core import clock

ExpandDownwardsCategoryQueryset = get_class(
    "catalogue.expressions", "ExpandDownwardsCategoryQueryset"
)


class ConditionalOffer(AbstractConditionalOffer):
    # The default manager comes first: it must not hide closed offers.
    objects = models.Manager()  # type: ignore[misc]
    active = ActiveOfferManager()  # type: ignore[misc]

    def is_available(self, user=None, test_date=None):
        return super().is_available(user, test_date or clock.now())


class Condition(AbstractCondition):
    @property
    def description(self) -> str:
        return as_html(super().description)

    def proxy(self):
        return range_keep(self, super().proxy())


class Benefit(AbstractBenefit):
    @property
    def description(self) -> str:
        return as_html(super().description)

    def proxy(self):
        return range_keep(self, super().proxy())


def as_html(description: str | None) -> str:
    """Escape what Oscar (4.2) describes by a plain name, that of a range in it, and draws as HTML."""
    return escape(description or "")


def range_keep(part: Condition | Benefit, proxy):
    """``proxy`` with the range that ``part`` has loaded; Oscar's (4.2) loads it at every question."""
    if proxy is not part and "range" in part._state.fields_cache:
        proxy.range = part.range
    return proxy


class Range(AbstractRange):
    def contains_product(self, product):
        """From memory where :meth:`remember` was asked before, else one query."""
        known = self.__dict__.get("known_products", {})
        if product.pk not in known:
            return super().contains_product(product)
        return known[product.pk]

    def remember(self, products: Iterable[Product]) -> None:
        """Find out which of ``products`` are in the range, in one query."""
        if self.proxy:
            return
        ids = {product.pk for product in products}
        inside = set(
            self.product_queryset.filter(pk__in=ids).values_list("pk", flat=True)
        )
        self.known_products = {pk: pk in inside for pk in ids}

    def invalidate_cached_queryset(self):
        super().invalidate_cached_queryset()
        self.__dict__.pop("known_products", None)

    @cached_property
    def product_queryset(self):
        """Products in the range, with the variants of those; one statement (Oscar 4.2: up to six)."""
        excluded = self._with_variants(self.excluded_products.values("pk"))
        excluded |= self._with_variants(self._in_categories(self.excluded_categories))
        if self.includes_all_products:
            return Product.objects.exclude(excluded)
        included = self._with_variants(self.included_products.values("pk"))
        included |= self._with_variants(self._in_categories(self.included_categories))
        classes = self.classes.values("pk")
        included |= Q(product_class__in=classes) | Q(parent__product_class__in=classes)
        return Product.objects.filter(included).exclude(excluded)

    @staticmethod
    def _with_variants(products) -> Q:
        return Q(pk__in=products) | Q(parent__in=products)

    @staticmethod
    def _in_categories(categories):
        below = ExpandDownwardsCategoryQueryset(categories.values("id"))
        return ProductCategory.objects.filter(category__in=below).values("product")


from oscar.apps.offer.models import *
