"""One log-in for each role of the back office."""

import secrets

from django.contrib.auth.models import Group
from django.db import transaction

from backoffice.roles import PERMISSIONS
from foundation.accounts.models import User

DOMAIN = "example.com"
PASSWORD_BYTES = 12


@transaction.atomic
def staff_seed() -> dict[str, str]:
    """Passwords by e-mail address of the log-ins that were not there yet."""
    passwords = {}
    for role in PERMISSIONS:
        email = f"{role.lower()}@{DOMAIN}"
        if User.objects.filter(email=email).exists():
            continue
        passwords[email] = secrets.token_urlsafe(PASSWORD_BYTES)
        user = User.objects.create_user(
            email, passwords[email], first_name=role, is_staff=True
        )
        user.groups.add(Group.objects.get(name=role))
    return passwords
