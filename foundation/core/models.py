from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Now
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
    """By the database's clock, which all web servers and workers share.

    A moment further away than any pause or lease can be is a clock that was wrong
    once: such an entry is due.
    """

    def due(self):
        """To be worked off now: not failed for good, not in work."""
        return self.filter(failed_at=None).filter(
            Q(available_at__lte=Now())
            | Q(lease=None, available_at__gt=Now() + OutboxEntry.PAUSE_LIMIT * 2)
            | Q(lease__isnull=False, available_at__gt=Now() + OutboxEntry.LEASE * 2)
        )

    def running(self):
        """In work: somebody holds a lease that has not run out."""
        return self.filter(
            failed_at=None,
            lease__isnull=False,
            available_at__gt=Now(),
            available_at__lte=Now() + OutboxEntry.LEASE * 2,
        )

    def waiting(self):
        """Neither in work nor given up; due now or later."""
        return self.filter(failed_at=None).exclude(
            lease__isnull=False,
            available_at__gt=Now(),
            available_at__lte=Now() + OutboxEntry.LEASE * 2,
        )

    def failed(self):
        """Given up, for people to retry or discard."""
        return self.exclude(failed_at=None)


class OutboxEntry(models.Model):
    """A task that must not be lost: written in the transaction that causes it.

    ``available_at`` is when it may (next) be taken. Whoever takes it writes a ``lease``
    of their own and moves ``available_at`` to the lease's end, again and again while
    they work; only with that lease they may delete the entry or note its failure.
    Entries of one ``key`` ask for the same thing: the first that is taken answers all
    that wait, and none starts while another one is in work. ``failed_at`` is set when
    all attempts are used up. See ``docs/algorithms/queueing.md``.
    """

    LEASE = timedelta(seconds=30)
    PAUSE_LIMIT = timedelta(hours=1)
    MAX_ATTEMPTS = 12

    queue = models.CharField(
        _("queue"), max_length=20, default="default", db_default="default"
    )
    task = models.CharField(_("task"), max_length=200)
    kwargs = models.JSONField(
        _("arguments"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )
    key = models.CharField(_("key"), max_length=200, null=True, blank=True)
    request_id = models.CharField(
        _("request"), max_length=64, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    available_at = models.DateTimeField(_("available at"), db_default=Now())
    lease = models.UUIDField(_("lease"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["available_at", "pk"]
        indexes = [
            models.Index(
                fields=["queue", "available_at", "id"],
                condition=Q(failed_at=None),
                name="outbox_next_of_queue",
            ),
            models.Index(
                fields=["key"], condition=Q(key__isnull=False), name="outbox_key"
            ),
            models.Index(
                fields=["failed_at"],
                condition=Q(failed_at__isnull=False),
                name="outbox_failed",
            ),
        ]

    def __str__(self):
        return f"{self.task} #{self.pk}"


class SentMail(models.Model):
    """That a mail was accepted by the mail server: the same one is not sent again."""

    KEPT = timedelta(days=30)

    message_id = models.CharField(_("message id"), max_length=200, unique=True)
    sent_at = models.DateTimeField(_("sent at"), db_default=Now())

    class Meta:
        verbose_name = _("sent mail")
        verbose_name_plural = _("sent mails")
        indexes = [models.Index(fields=["sent_at"], name="sent_mail_age")]

    def __str__(self):
        return self.message_id


class MailCooldown(models.Model):
    """The pause after a mail that anybody could request for an address.

    ``key`` is a keyed hash of the kind of mail and the address.
    """

    PAUSE = timedelta(minutes=10)
    KEPT = timedelta(days=1)

    key = models.CharField(_("key"), max_length=64, unique=True)
    started_at = models.DateTimeField(_("started at"), db_default=Now())

    class Meta:
        verbose_name = _("pause between mails")
        verbose_name_plural = _("pauses between mails")

    def __str__(self):
        return self.key


class ScheduleRun(models.Model):
    """When a schedule of ``storefront/schedules.py`` ran last; written by whichever beat starts it."""

    name = models.CharField(_("schedule"), max_length=100, unique=True)
    last_run_at = models.DateTimeField(_("last run at"))

    class Meta:
        verbose_name = _("run of a schedule")
        verbose_name_plural = _("runs of schedules")
        ordering = ["name"]

    def __str__(self):
        return self.name
