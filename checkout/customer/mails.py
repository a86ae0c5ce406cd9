from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from checkout.customer.services import email_verify_token
from checkout.mail import absolute_url, mail_send
from foundation.accounts.models import User

CODES = {
    "verify": "REGISTRATION",
    "exists": "REGISTRATION_EXISTING",
    "password_reset": "PASSWORD_RESET",
    "password_changed": "PASSWORD_CHANGED",
    "email_changed": "EMAIL_CHANGED",
}
"""Kind of mail → code of its communication event type."""


def account_mail_send(
    *, user_id: int, kind: str, to: str, language: str, message_id: str
) -> None:
    """Send a mail about an account; links are made now, so that they are as young as can be."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    with translation.override(language or None):
        mail_send(
            to=to or user.email,
            code=CODES[kind],
            context={"user": user, "login_url": absolute_url("customer:login")}
            | _links(user, kind),
            message_id=message_id,
        )


def _links(user: User, kind: str) -> dict[str, str]:
    if kind == "verify":
        token = email_verify_token(user)
        return {"verify_url": absolute_url("customer:verify-email", token=token)}
    return {
        "reset_url": absolute_url(
            "password-reset-confirm",
            uidb64=urlsafe_base64_encode(force_bytes(user.pk)),
            token=default_token_generator.make_token(user),
        )
    }
