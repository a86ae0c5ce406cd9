from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from checkout.customer.services import account_create, email_change_token
from checkout.mail import absolute_url, mail_send
from foundation.accounts.models import User

CODES = {
    "reset": "PASSWORD_RESET",
    "password_changed": "PASSWORD_CHANGED",
    "email_changed": "EMAIL_CHANGED",
}
"""Kind of mail → code of its communication event type, where that depends on nothing else."""

OPENING = {
    "REGISTRATION",
    "REGISTRATION_EXISTING",
    "PASSWORD_RESET",
    "PASSWORD_CHANGED",
}
"""Codes of mails with the link that sets a password: they go to the account's own address."""


def account_mail_send(
    *, kind: str, user_id: int | None, to: str, language: str, message_id: str
) -> None:
    """Send a mail about an account, if there is an active one; links are made now.

    A mail that somebody requested for an address has no ``user_id``. Only "register"
    creates the account that is missing.
    """
    if user_id:
        user = User.objects.filter(pk=user_id).first()
    elif kind == "register":
        user = account_create(email=to)
    else:
        user = User.objects.filter(email=to).first()
    if user is None or not user.is_active:
        return
    to = to or user.email
    code = _code(kind, user, to)
    with translation.override(language or None):
        mail_send(
            to=to,
            code=code,
            context={
                "user": user,
                "email": to,
                "login_url": absolute_url("customer:login"),
            }
            | _links(code, user, to),
            message_id=message_id,
        )


def _code(kind: str, user: User, to: str) -> str:
    if kind == "register":
        return "REGISTRATION_EXISTING" if user.email_verified_at else "REGISTRATION"
    if kind == "change":
        others = User.objects.filter(email=to).exclude(pk=user.pk)
        return "EMAIL_CHANGE_TAKEN" if others.exists() else "EMAIL_CHANGE"
    return CODES[kind]


def _links(code: str, user: User, to: str) -> dict[str, str]:
    """Return the links that open or change the account.

    Nobody gets one but the owner of the mailbox that it is about: the old address
    ("EMAIL_CHANGED") gets none.
    """
    if code in OPENING:
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        url = absolute_url("password-reset-confirm", uidb64=uid, token=token)
        return {"reset_url": url}
    if code == "EMAIL_CHANGE":
        token = email_change_token(user=user, email=to)
        url = absolute_url("customer:change-email-confirm", token=token)
        return {"confirm_url": url}
    return {}
