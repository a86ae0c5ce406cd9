from __future__ import annotations

from django.conf import settings
from django.utils import translation

from catalogue.selectors.cards import product_url
from checkout.basket.selectors import product_name
from checkout.customer.alerts.selectors import alert_offer
from checkout.customer.alerts.services import (
    alert_cancel_token,
    alert_confirm_token,
    alert_reopen,
)
from checkout.customer.models import ProductAlert
from checkout.mail import absolute_url, mail_send
from foundation.core.context import shop_context
from foundation.core.templatetags.money import money


def alert_mail_send(*, alert_id: int, kind: str) -> None:
    """Send "confirm" (the link) or "back" (it can be bought), if that still holds."""
    alerts = ProductAlert.objects.select_related("product__parent")
    alert = alerts.filter(pk=alert_id).first()
    if alert is None or not alert.email:
        return
    with translation.override(alert.language or None):
        if kind == "confirm" and alert.can_be_confirmed:
            _confirm_mail_send(alert)
        elif kind == "back" and alert.status == ProductAlert.CLOSED:
            _back_mail_send(alert)


def _confirm_mail_send(alert: ProductAlert) -> None:
    asked = alert.asked_at or alert.date_created
    mail_send(
        to=alert.email,
        code="PRODUCT_ALERT_CONFIRMATION",
        context=_context(alert)
        | {
            "confirm_url": absolute_url(
                "customer:alerts-confirm", key=alert_confirm_token(alert)
            )
        },
        message_id=f"alert.{alert.pk}.confirm.{asked:%Y%m%d%H%M%S%f}",
    )


def _back_mail_send(alert: ProductAlert) -> None:
    context = shop_context()
    offer = alert_offer(alert.product_id, context)
    if offer is None:
        alert_reopen(alert=alert)
        return
    mail_send(
        to=alert.email,
        code="PRODUCT_ALERT",
        context=_context(alert)
        | {"price": money(offer.price.effective_price, context.currency)},
        message_id=f"alert.{alert.pk}.back",
    )


def _context(alert: ProductAlert) -> dict[str, str]:
    product = alert.product
    return {
        "product_title": product_name(product),
        "product_url": settings.WAGTAILADMIN_BASE_URL.rstrip("/")
        + product_url(product),
        "cancel_url": absolute_url(
            "customer:alerts-cancel-by-key", key=alert_cancel_token(alert)
        ),
    }
