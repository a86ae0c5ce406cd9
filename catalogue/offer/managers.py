from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from oscar.apps.offer.managers import (
    ActiveOfferManager as OscarActiveOfferManager,
)

from foundation.core import clock


class ActiveOfferManager(OscarActiveOfferManager):
    """Offers that are open now; :meth:`at` asks for another moment."""

    def get_queryset(self):
        return self.at(clock.now())

    def at(self, moment: datetime):
        """Offers that are open at ``moment``; start and end belong to the offer."""
        return models.Manager.get_queryset(self).filter(
            Q(end_datetime__isnull=True) | Q(end_datetime__gte=moment),
            Q(start_datetime__isnull=True) | Q(start_datetime__lte=moment),
            status=self.model.OPEN,  # type: ignore[attr-defined]
        )
