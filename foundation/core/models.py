from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ShopManager(models.Manager["Shop"]):
    def for_host(self, host: str) -> "Shop":
        """The shop of the site with this host name, else of the default site.

        Where the site has no row of its own, the settings' defaults (unsaved).
        """
        from wagtail.models import Site

        site = (
            Site.objects.filter(Q(hostname=host) | Q(is_default_site=True))
            .annotate(
                exactness=Case(
                    When(hostname=host, then=Value(0)),
                    default=Value(1),
                    output_field=IntegerField(),
                )
            )
            .select_related("shop")
            .order_by("exactness", "-is_default_site")
            .first()
        )
        if site is None:
            return Shop(site_id=0)
        return getattr(site, "shop", None) or Shop(site_id=site.pk)


def default_currency() -> str:
    from django.conf import settings

    return settings.OSCAR_DEFAULT_CURRENCY


class Shop(models.Model):
    """Currency and tax mode of one host: a second shop is a row."""

    class TaxMode(models.TextChoices):
        GROSS = "gross", _("Prices include tax")
        NET = "net", _("Prices exclude tax")

    site = models.OneToOneField(
        "wagtailcore.Site",
        verbose_name=_("site"),
        on_delete=models.CASCADE,
        related_name="shop",
    )
    currency = models.CharField(
        _("currency"), max_length=3, default=default_currency, help_text="ISO 4217"
    )
    tax_mode = models.CharField(
        _("tax mode"),
        max_length=5,
        choices=TaxMode.choices,
        default=TaxMode.GROSS,
    )

    objects = ShopManager()

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")

    def __str__(self):
        return f"{self.site} ({self.currency})"


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    def due(self):
        """Entries that wait to be worked off: not failed for good, not in work."""
        return self.filter(failed_at=None, available_at__lte=timezone.now())


class OutboxEntry(models.Model):
    """A task that must not be lost: written in the transaction that causes it.

    ``available_at`` is when it may (next) be taken; whoever takes it moves it
    into the future (a lease), and deletes the row when the task has succeeded.
    ``failed_at`` is set when all attempts are used up.
    """

    LEASE = timedelta(minutes=15)
    MAX_ATTEMPTS = 8

    task = models.CharField(_("task"), max_length=200)
    kwargs = models.JSONField(
        _("arguments"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    available_at = models.DateTimeField(_("available at"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbox entry")
        verbose_name_plural = _("outbox entries")
        ordering = ["available_at", "pk"]
        indexes = [
            models.Index(
                fields=["available_at"],
                condition=Q(failed_at=None),
                name="outbox_due",
            )
        ]

    def __str__(self):
        return f"{self.task} #{self.pk}"
