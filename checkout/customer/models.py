from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.abstract_models import AbstractProductAlert

from foundation.accounts.addresses import email_is_normal


class ProductAlert(AbstractProductAlert):
    """Somebody waits for a product that is sold out; written to at ``email`` alone.

    ``email`` is also there where the alert belongs to an account: it is the address
    that was confirmed for this alert. Empty once the alert is anonymous.
    """

    language = models.CharField(_("language"), max_length=10, blank=True, db_default="")
    asked_at = models.DateTimeField(
        _("confirmation asked for"),
        null=True,
        blank=True,
        help_text=_("When the mail with the link to confirm was last sent."),
    )

    class Meta(AbstractProductAlert.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["product", "email"],
                condition=Q(status__in=["Unconfirmed", "Active"]) & ~Q(email=""),
                name="productalert_once_per_address",
            ),
            models.CheckConstraint(
                condition=email_is_normal("email", blank=True),
                name="productalert_email_normal",
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "date_created"],
                condition=Q(status="Active"),
                name="productalert_waiting",
            )
        ]

    def get_email_address(self):
        return self.email


from oscar.apps.customer.models import *
