"""What ``manage.py check --database default`` and ``migrate`` say about stored addresses."""

from __future__ import annotations

from django.core.checks import Error
from django.core.exceptions import ValidationError
from django.db import connections

from foundation.accounts.addresses import email_is_normal, email_normalise
from foundation.accounts.models import User


def email_addresses_check(databases=None, **kwargs) -> list[Error]:
    """Find accounts whose address is not in normal form, among them those that another has."""
    return [
        _error(user, alias)
        for alias in databases or ()
        if User._meta.db_table in connections[alias].introspection.table_names()
        for user in User.objects.using(alias).exclude(email_is_normal("email"))
    ]


def _error(user: User, alias: str) -> Error:
    try:
        email = email_normalise(user.email)
    except ValidationError:
        return Error(
            f"Account {user.pk} has an e-mail address that nobody can log in with.",
            hint="Give it another address, or delete it.",
            id="accounts.E001",
        )
    others = User.objects.using(alias).filter(email=email).exclude(pk=user.pk)
    if other := others.first():
        return Error(
            f"Account {user.pk} has the e-mail address of account {other.pk}.",
            hint="Find out whose mailbox it is, and delete the other account.",
            id="accounts.E002",
        )
    return Error(
        f"Account {user.pk} has an e-mail address that is not in normal form.",
        hint="Write it in lower case and its domain in ASCII.",
        id="accounts.E003",
    )
