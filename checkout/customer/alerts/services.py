"""Waiting for what is sold out: asked for, confirmed, told once, forgotten.

See ``docs/algorithms/back-in-stock.md``.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.models import Product
from checkout.customer.alerts.selectors import (
    alert_offer,
    alert_products,
    alerts_due,
)
from checkout.customer.models import ProductAlert
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.context import shop_context
from foundation.core.errors import DomainError
from foundation.core.queueing import enqueue_on_commit

MAIL_TASK = "checkout.customer.tasks.alert_mail_send"
CONFIRM_SALT, CANCEL_SALT = "checkout.alert.confirm", "checkout.alert.cancel"
CONFIRM_FOR = timedelta(days=3)
"""How long the link of the first mail works; a request nobody confirmed is then deleted."""

ASK_AGAIN_AFTER = timedelta(days=1)
UNCONFIRMED_PER_ADDRESS = 5
"""So many requests of one address may wait for their confirmation: more get no mail."""

KEPT_FOR = timedelta(days=30)
"""How long an alert that was sent or cancelled still says whose it was."""

BATCH = 500


class AlertError(DomainError):
    """The link is wrong or too old, or the alert is over."""


@transaction.atomic
def alert_request(*, product: Product, email: str, user: User | None) -> bool:
    """Note that somebody waits for ``product``; whether that holds without a confirmation.

    It does for a person's own verified address. Everybody else gets a mail with a
    link, in the active language, or silence where the address waits already or was
    asked often enough: whoever fills in the form learns neither.
    """
    own = user if user and user.email == email else None
    is_verified = own is not None and own.email_verified_at is not None
    alert = _alert_find_or_make(product, email, own)
    if is_verified:
        ProductAlert.objects.filter(pk=alert.pk).update(
            user=own, status=ProductAlert.ACTIVE, date_confirmed=clock.now()
        )
    elif alert.can_be_confirmed:
        _confirmation_ask(alert)
    return is_verified


def _alert_find_or_make(
    product: Product, email: str, user: User | None
) -> ProductAlert:
    """The alert of this address that is not over; two requests at once make one."""
    pending = ProductAlert.objects.filter(
        product=product,
        email=email,
        status__in=[ProductAlert.UNCONFIRMED, ProductAlert.ACTIVE],
    )
    alert = pending.first()
    if alert is not None:
        return alert
    try:
        with transaction.atomic():
            return ProductAlert.objects.create(
                product=product,
                email=email,
                user=user,
                language=get_language() or "",
                status=ProductAlert.UNCONFIRMED,
            )
    except IntegrityError:
        return pending.get()


def _confirmation_ask(alert: ProductAlert) -> None:
    now = clock.now()
    asked = ProductAlert.objects.filter(
        email=alert.email,
        status=ProductAlert.UNCONFIRMED,
        asked_at__gt=now - CONFIRM_FOR,
    )
    recently = asked.filter(pk=alert.pk, asked_at__gt=now - ASK_AGAIN_AFTER)
    if recently.exists() or asked.count() >= UNCONFIRMED_PER_ADDRESS:
        return
    ProductAlert.objects.filter(pk=alert.pk).update(asked_at=now)
    enqueue_on_commit(MAIL_TASK, alert_id=alert.pk, kind="confirm")


# --- Links ------------------------------------------------------------------------


def alert_confirm_token(alert: ProductAlert) -> str:
    return signing.dumps(alert.pk, salt=CONFIRM_SALT)


def alert_cancel_token(alert: ProductAlert) -> str:
    return signing.dumps(alert.pk, salt=CANCEL_SALT)


def alert_confirm(*, token: str) -> ProductAlert:
    """Make the alert count. Doing it twice is no error. Raises ``AlertError``."""
    alert = _alert_of(token, CONFIRM_SALT, CONFIRM_FOR)
    if alert is not None:
        ProductAlert.objects.filter(
            pk=alert.pk, status=ProductAlert.UNCONFIRMED
        ).update(status=ProductAlert.ACTIVE, date_confirmed=clock.now())
        alert.refresh_from_db(fields=["status"])
    if alert is None or not alert.is_active:
        raise AlertError(_("This link is not valid any more. Ask for a new one."))
    return alert


def alert_by_cancel_token(token: str) -> ProductAlert | None:
    """The alert whose mail holds this link, unless it is gone or anonymous by now."""
    alert = _alert_of(token, CANCEL_SALT)
    return alert if alert is not None and alert.email else None


def alert_cancel(*, alert: ProductAlert) -> None:
    """Forget it: nobody is told, and nothing says any more that somebody asked."""
    alert.delete()


def _alert_of(
    token: str, salt: str, max_age: timedelta | None = None
) -> ProductAlert | None:
    try:
        pk = signing.loads(token, salt=salt, max_age=max_age)
    except signing.BadSignature:
        return None
    return ProductAlert.objects.filter(pk=pk).select_related("product__parent").first()


# --- By the clock -----------------------------------------------------------------


def alerts_send() -> int:
    """Have those told who wait for something that can be bought now; how many.

    First come, first told, at most as many in a day as there are pieces. One
    statement when nothing is due; else a transaction a product. Safe in parallel.
    """
    context = shop_context()
    return sum(_product_alerts_send(pk, context) for pk in alert_products(context))


@transaction.atomic
def _product_alerts_send(product_id: int, context) -> int:
    """Locks the product's row, so that two runs do not tell one piece to two people."""
    locked = Product.objects.select_for_update(skip_locked=True, no_key=True)
    if not locked.filter(pk=product_id).exists():
        return 0
    offer = alert_offer(product_id, context)
    if offer is None:
        return 0
    alerts = list(alerts_due(offer)[:BATCH])
    for alert in alerts:
        enqueue_on_commit(MAIL_TASK, alert_id=alert.pk, kind="back")
    ProductAlert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(
        status=ProductAlert.CLOSED, date_closed=clock.now()
    )
    return len(alerts)


def alert_reopen(*, alert: ProductAlert) -> None:
    """It was sold out again before the mail left: the person keeps their place."""
    ProductAlert.objects.filter(pk=alert.pk, status=ProductAlert.CLOSED).update(
        status=ProductAlert.ACTIVE, date_closed=None
    )


def alerts_clean() -> tuple[int, int]:
    """Delete requests nobody confirmed, make old alerts anonymous; how many of each."""
    now = clock.now()
    deleted, _by_model = (
        ProductAlert.objects.filter(status=ProductAlert.UNCONFIRMED)
        .annotate(asked=Coalesce("asked_at", "date_created"))
        .filter(asked__lt=now - CONFIRM_FOR)
        .delete()
    )
    over = ProductAlert.objects.exclude(email="", user=None)
    anonymous = over.filter(
        status=ProductAlert.CLOSED, date_closed__lt=now - KEPT_FOR
    ) | over.filter(status=ProductAlert.CANCELLED, date_cancelled__lt=now - KEPT_FOR)
    return deleted, anonymous.update(email="", key="", user=None, language="")


def alerts_forget(*, user: User) -> None:
    """Delete what a person who leaves has asked for, also as a guest with this address."""
    ProductAlert.objects.filter(user=user).delete()
    if user.email_verified_at is not None:
        ProductAlert.objects.filter(email=user.email).delete()
