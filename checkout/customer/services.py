"""What changes an account: opened by a mail, changed, deleted."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from catalogue.reviews.models import ProductReview
from checkout.customer.alerts.services import alerts_forget
from checkout.order.models import (
    BillingAddress,
    LineAttribute,
    Order,
    OrderNote,
    ShippingAddress,
)
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.errors import DomainError
from foundation.core.mail import mail_cooldown_start
from foundation.core.queueing import enqueue_on_commit

EMAIL_CHANGE_SECONDS = 24 * 3600
PERSONAL = {
    "title": "",
    "first_name": "",
    "last_name": "",
    "line1": "",
    "line2": "",
    "line3": "",
    "line4": "",
    "state": "",
    "postcode": "",
    "search_text": "",
}
"""Fields of an order's address that tell who it was; the country stays, for the taxes."""


class LinkError(DomainError):
    """The link is wrong or too old."""


# --- Mails that anybody can request -------------------------------------------------


@transaction.atomic
def account_mail_request(*, kind: str, email: str) -> None:
    """Enqueue the mail of ``kind`` ("register", "reset") for an address in normal form.

    One of a kind in ten minutes (``MailCooldown``). The task looks for the account, not
    this function: neither the response nor its time says who has one.
    """
    if mail_cooldown_start(kind=f"account.{kind}", to=email):
        account_mail_enqueue(kind=kind, to=email)


def account_create(*, email: str) -> User:
    """Return the account of the address. A new one has no password until a link sets it."""
    user, _created = User.objects.get_or_create(
        email=email, defaults={"password": make_password(None)}
    )
    return user


# --- What a mailed link proves --------------------------------------------------------


@transaction.atomic
def password_choose(*, user: User) -> int:
    """Save the password that was set on ``user`` through a link of a mail.

    The link proves the mailbox: the address counts as verified, and its guest orders
    join the account. All sessions end, since they hold a hash of the old password.
    Return the number of orders that joined.

    Raises:
        LinkError: the account has another address or is inactive by now.
    """
    changed = User.objects.filter(pk=user.pk, email=user.email, is_active=True).update(
        password=user.password, email_verified_at=clock.now()
    )
    if not changed:
        raise LinkError(_("This link is not valid any more. Ask for a new one."))
    return _guest_orders_join(user)


@transaction.atomic
def email_change_request(*, user: User, email: str) -> None:
    """Mail a link to the new address. Nothing changes before it is opened.

    To an address that has an account the task sends a mail without a link.
    """
    if mail_cooldown_start(kind="account.change", to=email):
        account_mail_enqueue(user=user, kind="change", to=email)


def email_change_token(*, user: User, email: str) -> str:
    return signing.dumps(email, salt=_email_change_salt(user))


def email_of_change_token(*, user: User, token: str) -> str:
    """Return the new address that a link of ``user`` is for.

    Raises:
        LinkError: the link is another person's or too old, or password or address of
            the account have changed since.
    """
    try:
        return signing.loads(
            token, salt=_email_change_salt(user), max_age=EMAIL_CHANGE_SECONDS
        )
    except signing.BadSignature:
        raise LinkError(
            _("This link is not valid any more. Ask for a new one.")
        ) from None


def _email_change_salt(user: User) -> str:
    return f"checkout.customer.email.{user.pk}.{user.get_session_auth_hash()}"


@transaction.atomic
def email_change(*, user: User, email: str) -> int:
    """Make the proven ``email`` the person's address and notify the old one.

    Guest orders of the new address join the account. All sessions end, since they hold
    a hash of the old address. Return the number of orders that joined.

    Raises:
        LinkError: another account has the address, or the person's was changed meanwhile.
    """
    error = LinkError(_("This address can't be used."))
    before = user.email
    try:
        with transaction.atomic():
            changed = User.objects.filter(pk=user.pk, email=before).update(
                email=email, email_verified_at=clock.now()
            )
    except IntegrityError:
        raise error from None
    if not changed:
        raise error
    user.refresh_from_db(fields=["email", "email_verified_at"])
    account_mail_enqueue(user=user, kind="email_changed", to=before)
    return _guest_orders_join(user)


def _guest_orders_join(user: User) -> int:
    return Order.objects.filter(user=None, guest_email=user.email).update(user=user)


# --- The end --------------------------------------------------------------------------


@transaction.atomic
def account_delete(*, user: User) -> None:
    """Delete the person; their orders stay with every figure, but nobody's name.

    Names, streets, phones, notes and e-mail addresses go from the orders, and what was
    chosen of options: it may be the text of an engraving. Reviews stay without a name;
    wishlists, addresses, baskets, mails and requests to be told of stock are deleted,
    and others' wishlists are shared with the address no more.
    """
    alerts_forget(user=user)
    get_model("wishlists", "WishListSharedEmail").objects.filter(
        email=user.email
    ).delete()
    orders = Order.objects.filter(user=user)
    LineAttribute.objects.filter(line__order__in=orders).delete()
    ShippingAddress.objects.filter(order__in=orders).update(
        **PERSONAL, phone_number="", notes=""
    )
    BillingAddress.objects.filter(order__in=orders).update(**PERSONAL)
    orders.update(user=None, guest_email="")
    OrderNote.objects.filter(user=user).update(user=None)
    get_model("voucher", "VoucherApplication").objects.filter(user=user).update(
        user=None
    )
    ProductReview.objects.filter(user=user).update(
        user=None, name=_("A customer"), email="", homepage=""
    )
    user.delete()


def account_mail_enqueue(*, kind: str, user: User | None = None, to: str = "") -> None:
    """Enqueue a mail to ``to`` or to the person's own address."""
    enqueue_on_commit(
        "checkout.customer.tasks.account_mail_send",
        kind=kind,
        user_id=user.pk if user else None,
        to=to,
        language=get_language() or "",
        message_id=f"account.{uuid4().hex}",
    )
