from __future__ import annotations

from uuid import uuid4

from checkout.mail import message_send
from foundation.accounts.models import User
from foundation.core.queueing import enqueue_on_commit


def preview_mail_enqueue(*, user: User, messages: dict[str, str]) -> None:
    """Have the drawn parts of a mail sent to ``user``, and to nobody else, after the commit."""
    enqueue_on_commit(
        "checkout.communication.tasks.preview_mail_send",
        user_id=user.pk,
        messages=messages,
        message_id=f"preview.{uuid4().hex}",
    )


def preview_mail_send(
    *, user_id: int, messages: dict[str, str], message_id: str
) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        message_send(
            to=user.email, messages=messages, kind="preview", message_id=message_id
        )
