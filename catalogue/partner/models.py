"""Prices by the clock, and their history.

``StockRecord.price`` is the base price. Only
:func:`catalogue.partner.services.price_change` writes prices: a database
trigger (migration ``1003``) refuses every other writer.
"""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from oscar.apps.partner.abstract_models import AbstractStockRecord

from catalogue.partner.managers import PriceWindowQuerySet, StockRecordQuerySet


class TaxClass(models.Model):
    """A rate of value added tax, e.g. 0.2000 for 20 %."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    rate = models.DecimalField(
        _("rate"),
        max_digits=5,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )

    class Meta:
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=1),
                name="taxclass_rate_between_0_and_1",
            )
        ]

    def __str__(self):
        return self.name


def standard_tax_class() -> int:
    """Primary key of the tax class that a stock record has unless told otherwise."""
    return TaxClass.objects.only("pk").get(code="standard").pk


class StockRecord(AbstractStockRecord):
    tax_class = models.ForeignKey(
        TaxClass,
        verbose_name=_("tax class"),
        on_delete=models.PROTECT,
        default=standard_tax_class,
        related_name="stockrecords",
    )

    # Known of a record of ``objects.priced(context)``:
    window_price: Decimal | None
    current_price: Decimal | None
    priced_at: datetime

    objects = StockRecordQuerySet.as_manager()


class PriceWindow(models.Model):
    """A price that holds from ``starts`` until before ``ends``, whole minutes, UTC.

    Read by the clock, so that a late job never makes a price wrong. Amount in
    the stock record's currency, gross or net as the shop's tax mode says.
    """

    stockrecord = models.ForeignKey(
        "partner.StockRecord", on_delete=models.CASCADE, related_name="price_windows"
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), null=True, blank=True)

    objects = PriceWindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("price window")
        verbose_name_plural = _("price windows")
        ordering = ["-starts", "-pk"]
        indexes = [models.Index(fields=["stockrecord", "starts"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="pricewindow_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True)
                | models.Q(ends__gt=models.F("starts")),
                name="pricewindow_ends_after_start",
            ),
        ]

    def __str__(self):
        return f"{self.amount} {self.starts:%Y-%m-%d %H:%M}"

    def clean(self):
        for name in ("starts", "ends"):
            moment = getattr(self, name)
            if moment and (moment.second or moment.microsecond):
                raise ValidationError({name: _("Prices change on the full minute.")})


class PriceChange(models.Model):
    """One line of a price's append-only history.

    ``amount`` is what the base price became from ``starts`` on, or what a window
    (``is_window``) was planned at until ``ends``; ``previous`` is the base price
    before. Outlives its stock record.
    """

    stockrecord = models.ForeignKey(
        "partner.StockRecord",
        null=True,
        on_delete=models.SET_NULL,
        related_name="price_changes",
    )
    partner_sku = models.CharField(_("SKU"), max_length=128)
    currency = models.CharField(_("currency"), max_length=12)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    previous = models.DecimalField(
        _("previous"), max_digits=12, decimal_places=2, null=True
    )
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), null=True)
    is_window = models.BooleanField(_("planned price"), db_default=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["-starts", "-pk"]
        indexes = [models.Index(fields=["stockrecord", "starts"])]

    def __str__(self):
        return f"{self.partner_sku}: {self.amount} {self.currency}"


from oscar.apps.partner.models import *
