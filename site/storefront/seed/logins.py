"""Log-ins: one for each role of the back office, and one of a customer with orders."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.crypto import salted_hmac

from backoffice.roles import PERMISSIONS
from foundation.accounts.models import User

DOMAIN = "example.com"
CUSTOMER = f"customer001@{DOMAIN}"
STAFF = {f"{role.lower()}@{DOMAIN}": role for role in PERMISSIONS}
PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A log-in that everybody may see; ``role`` is empty for the customer."""

    email: str
    password: str
    role: str


@transaction.atomic
def logins_seed() -> dict[str, str]:
    """Make the log-ins that are not there yet. Return their passwords by e-mail address."""
    passwords = {}
    known = _known()
    for email, role in STAFF.items():
        if email not in known:
            passwords[email] = _password(email)
            user = User.objects.create_user(
                email, passwords[email], first_name=role, is_staff=True
            )
            user.groups.add(Group.objects.get(name=role))
    customer = User.objects.filter(email=CUSTOMER).first()
    if customer and not customer.has_usable_password():
        passwords[CUSTOMER] = _password(CUSTOMER)
        customer.set_password(passwords[CUSTOMER])
        customer.save(update_fields=["password"])
    return passwords


def demo_logins() -> list[DemoLogin]:
    """Return the log-ins of a demo with the passwords they were made with; none elsewhere. One query."""
    if not settings.DEMO:
        return []
    known = _known()
    return [
        DemoLogin(email, _password(email), STAFF.get(email, ""))
        for email in (*STAFF, CUSTOMER)
        if email in known
    ]


def _known() -> set[str]:
    users = User.objects.filter(email__in=(*STAFF, CUSTOMER))
    return set(users.values_list("email", flat=True))


def _password(email: str) -> str:
    """Return a random password; in a demo one that can be shown again."""
    if not settings.DEMO:
        return secrets.token_urlsafe(PASSWORD_BYTES)
    return salted_hmac("storefront.demo", email, algorithm="sha256").hexdigest()[:12]
