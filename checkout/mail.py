"""Mails to shoppers: Oscar's communication event types, drawn from the theme's templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from oscar.core.loading import get_model

from foundation.core import mail
from foundation.core.identity import shop_identity


def mail_send(
    *,
    to: str,
    code: str,
    context: dict[str, Any],
    message_id: str,
    on_sent: Callable[[], None] | None = None,
) -> bool:
    """Send the mail of the event type ``code`` in the active language, as text and HTML.

    Staff may replace its texts in the back office. False if it was sent before;
    see ``foundation.core.mail`` also for ``on_sent`` and for what is raised.
    """
    event_types = get_model("communication", "CommunicationEventType").objects
    return message_send(
        to=to,
        messages=event_types.get_and_render(code, context | shop_values()),
        kind=code.lower(),
        message_id=message_id,
        on_sent=on_sent,
    )


def message_send(
    *,
    to: str,
    messages: dict[str, str],
    kind: str,
    message_id: str,
    on_sent: Callable[[], None] | None = None,
) -> bool:
    """Send the drawn parts of a mail: ``subject``, ``body`` and ``html``. See ``mail_send``."""
    message = EmailMultiAlternatives(
        subject=messages["subject"], body=messages["body"], to=[to]
    )
    message.attach_alternative(messages["html"], "text/html")
    return mail.mail_send(message, kind=kind, message_id=message_id, on_sent=on_sent)


def absolute_url(name: str, **kwargs: Any) -> str:
    """For a mail: the shop's own address, never the host that a request claims."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(name, kwargs=kwargs)


def shop_values() -> dict[str, str]:
    """What every mail knows of the shop."""
    shop = shop_identity()
    return {
        "shop_name": shop.name,
        "shop_url": absolute_url("home"),
        "shop_address": shop.address,
        "shop_email": shop.email,
    }
