"""The one way in which mails leave the shop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from email.utils import formataddr, parseaddr
from functools import partial
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from foundation.core import tracing
from foundation.core.errors import PermanentError
from foundation.core.execution import LeaseLost, task_ended_with
from foundation.core.identity import shop_identity
from foundation.core.models import MailCooldown, SentMail
from foundation.core.signals import mail_sent

PERMANENT = 500
"""SMTP: what a reply from here on says holds however often one asks."""
BATCH = 10_000


def mail_send(
    message: EmailMessage,
    *,
    kind: str,
    message_id: str,
    on_sent: Callable[[], None] | None = None,
) -> bool:
    """Hand ``message`` to the mail server, once; False if that was done before.

    Its sender is the address of ``DEFAULT_FROM_EMAIL`` under the shop's name.
    Called by a task, outside transactions, as the last thing it does. ``on_sent``
    writes what else is to be remembered, in the transaction that ends the job.

    ``message_id`` names the mail for good: one that was accepted is not sent again, and
    one whose worker died just then arrives with the same id, so that mail programs
    show one. Between the server's yes and the commit lies nothing that takes time.

    Raises:
        PermanentError: there is no recipient, or the server refuses recipients or
            mail for good.
        SMTPException, OSError: it did not work out this time.
    """
    if SentMail.objects.filter(message_id=message_id).exists():
        return False
    message.from_email = _sender()
    message.extra_headers["Message-ID"] = f"<{message_id}@{_host()}>"
    if request_id := tracing.current_request_id():
        message.extra_headers["X-Request-ID"] = request_id
    connection = get_connection()
    remember = partial(_remember, connection, kind, message_id, on_sent)
    try:
        connection.open()
        with task_ended_with(remember):
            if not connection.send_messages([message]):
                raise PermanentError(gettext("The mail has no recipient."))
    except LeaseLost:
        connection.close()
        raise
    except Exception as error:
        with suppress(SMTPException, OSError):
            connection.close()
        refusal = _refusal(error)
        outcome = "refused" if refusal else "failed"
        mail_sent.send_robust(sender=EmailMessage, kind=kind, outcome=outcome)
        if refusal:
            raise refusal from None  # the server's own words repeat the address
        raise
    return True


def mail_cooldown_start(*, kind: str, to: str) -> bool:
    """Start the pause after a mail of ``kind`` to ``to``. Return False while one lasts.

    For mails that anybody can request for any address. Of requests at the same time one
    gets True. By the database's clock; a pause from a moment that is still far away is
    a clock that was wrong once.
    """
    key = salted_hmac(
        "foundation.core.mail", f"{kind} {to}", algorithm="sha256"
    ).hexdigest()
    over = Q(started_at__lte=Now() - MailCooldown.PAUSE) | Q(
        started_at__gt=Now() + MailCooldown.PAUSE
    )
    restarted = MailCooldown.objects.filter(over, key=key).update(started_at=Now())
    return bool(restarted) or MailCooldown.objects.get_or_create(key=key)[1]


def mail_cooldowns_delete() -> int:
    """Delete pauses that are over for long. Return their number."""
    return MailCooldown.objects.filter(
        started_at__lt=Now() - MailCooldown.KEPT
    ).delete()[0]


def sent_mails_forget() -> int:
    """Delete the oldest notes of sent mails, ``BATCH`` at most; their number."""
    old = SentMail.objects.filter(sent_at__lt=Now() - SentMail.KEPT)
    oldest = old.order_by("sent_at").values("pk")[:BATCH]
    return SentMail.objects.filter(pk__in=oldest).delete()[0]


def _remember(
    connection: BaseEmailBackend,
    kind: str,
    message_id: str,
    on_sent: Callable[[], None] | None,
) -> None:
    if on_sent:
        on_sent()
    SentMail.objects.bulk_create(
        [SentMail(message_id=message_id)], ignore_conflicts=True
    )
    transaction.on_commit(partial(_accepted, connection, kind), robust=True)


def _accepted(connection: BaseEmailBackend, kind: str) -> None:
    mail_sent.send_robust(sender=EmailMessage, kind=kind, outcome="sent")
    connection.close()


def _refusal(error: Exception) -> PermanentError | None:
    """What staff read about an error that no retry heals; ``None`` for others."""
    match error:
        case PermanentError():
            return error
        case SMTPRecipientsRefused(recipients=replies):
            code = min(code for code, _words in replies.values())
            words = gettext("The mail server refuses the recipient (code %(code)s).")
        case SMTPDataError(smtp_code=code):
            words = gettext("The mail server refuses the mail (code %(code)s).")
        case _:
            return None
    return PermanentError(words % {"code": code}) if code >= PERMANENT else None


def _sender() -> str:
    name = " ".join(shop_identity().name.split())  # a header is one line
    return formataddr((name, _address()))


def _host() -> str:
    return _address().rpartition("@")[2]


def _address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
