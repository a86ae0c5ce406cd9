"""The one form in which e-mail addresses are stored and compared (ADR 14)."""

from __future__ import annotations

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3: what fits into a path
STORED = r"^[!-@\[-~]+$"
"""Printable ASCII without capital letters: a regular expression for database constraints."""


def email_normalise(text: str) -> str:
    """Return the address in its normal form, in which equal mailboxes are equal texts.

    The part before the @ is lower-case ASCII without quotes: Unicode has letters that
    become ASCII letters in upper or lower case. The domain is in the ASCII form of
    IDNA (RFC 5891), so that ``gmaıl.test`` is ``xn--gmal-nza.test``.

    Raises:
        ValidationError: this is no such address, or it is too long.
    """
    local, _at, domain = text.strip().rpartition("@")
    if len(text) > MAX_LENGTH:
        raise ValidationError(_too_long(), code="max_length")
    if not local.isascii() or '"' in local:
        raise ValidationError(
            _("Before the @, use only the letters a to z, digits and signs like . _ -"),
            code="invalid",
        )
    try:
        domain = idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        domain = ""
    email = f"{local.lower()}@{domain}"
    validate_email(email)
    if len(email) > MAX_LENGTH:
        raise ValidationError(_too_long(), code="max_length")
    return email


def _too_long() -> str:
    return _("An e-mail address has at most %(limit)d characters.") % {
        "limit": MAX_LENGTH
    }


def email_is_normal(field: str, *, blank: bool = False) -> Q:
    """Return the condition of a database constraint: ``field`` holds a normal form."""
    is_normal = Q(**{f"{field}__regex": STORED})
    return is_normal | Q(**{field: ""}) if blank else is_normal


class EmailAddressField(forms.EmailField):
    """A form field for an e-mail address; its value is in normal form."""

    default_validators = []

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": MAX_LENGTH} | kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return email_normalise(value) if value else value
