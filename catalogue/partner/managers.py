from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from foundation.core.context import ShopContext


class PriceWindowQuerySet(models.QuerySet):
    def active(self, at: datetime):
        """Windows that hold at ``at``, the one that counts first (latest start)."""
        return self.filter(
            Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at
        ).order_by("-starts", "-pk")


class StockRecordQuerySet(models.QuerySet):
    def priced(self, context: ShopContext):
        """Records in the context's currency that know their price of ``context.at``.

        Annotates ``window_price`` (of the active window, else ``None``),
        ``current_price`` and ``priced_at``; brings the tax class along. The
        strategy then asks nothing more of the database.
        """
        windows = apps.get_model("partner", "PriceWindow").objects
        active = windows.active(context.at).filter(stockrecord=OuterRef("pk"))
        return (
            self.filter(price_currency=context.currency)
            .select_related("tax_class")
            .annotate(
                window_price=Subquery(active.values("amount")[:1]),
                current_price=Coalesce("window_price", F("price")),
                priced_at=Value(context.at, output_field=models.DateTimeField()),
            )
            .order_by("pk")
        )
