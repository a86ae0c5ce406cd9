"""What changes an account: made, confirmed, changed, deleted."""

from __future__ import annotations

from uuid import uuid4

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from catalogue.reviews.models import ProductReview
from checkout.customer.alerts.services import alerts_forget
from checkout.order.models import BillingAddress, Order, OrderNote, ShippingAddress
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.errors import DomainError
from foundation.core.queueing import enqueue_on_commit

VERIFY_SALT = "checkout.customer.verify"
VERIFY_SECONDS = 3 * 24 * 3600
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


@transaction.atomic
def account_register(*, email: str, password: str) -> User | None:
    """A new account, unconfirmed; ``None`` if the address has one already.

    Either way a mail goes to the address, and only the mail says which.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=email, password=password)
    except IntegrityError:
        present = User.objects.get(email__iexact=email)
        User(email=email).set_password(password)  # takes as long as for a new one
        account_mail_enqueue(user=present, kind="exists")
        return None
    account_mail_enqueue(user=user, kind="verify")
    return user


def email_verify_token(user: User) -> str:
    return signing.dumps({"user": user.pk, "email": user.email}, salt=VERIFY_SALT)


@transaction.atomic
def email_verify(*, token: str) -> User:
    """Note that the person reads mail at this address, and give them its guest orders.

    Raises:
        LinkError: the token is wrong, older than three days, or the address of the
            account has changed since.
    """
    error = LinkError(_("This link is not valid any more. Ask for a new one."))
    try:
        data = signing.loads(token, salt=VERIFY_SALT, max_age=VERIFY_SECONDS)
    except signing.BadSignature:
        raise error from None
    user = (
        User.objects.select_for_update()
        .filter(pk=data["user"], email=data["email"], is_active=True)
        .first()
    )
    if user is None:
        raise error
    if user.email_verified_at is None:
        user.email_verified_at = clock.now()
        user.save(update_fields=["email_verified_at"])
    Order.objects.filter(user=None, guest_email__iexact=user.email).update(user=user)
    return user


@transaction.atomic
def email_change(*, user: User, email: str) -> None:
    """Make ``email`` the person's address, to be confirmed; the old one is told.

    Raises:
        LinkError: somebody else took the address in the meantime.
    """
    before = user.email
    user.email, user.email_verified_at = email, None
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError:
        user.email = before
        raise LinkError(_("This address can't be used.")) from None
    account_mail_enqueue(user=user, kind="email_changed", to=before)
    account_mail_enqueue(user=user, kind="verify")


def password_reset_request(*, user: User) -> None:
    account_mail_enqueue(user=user, kind="password_reset")


@transaction.atomic
def account_delete(*, user: User) -> None:
    """Delete the person; their orders stay with every figure, but nobody's name.

    Names, streets, phones, notes and e-mail addresses go from the orders, reviews
    stay without a name, wishlists, addresses, baskets, mails and requests to be told
    of stock are deleted.
    """
    alerts_forget(user=user)
    orders = Order.objects.filter(user=user)
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


def account_mail_enqueue(*, user: User, kind: str, to: str = "") -> None:
    """Have the mail of this kind sent to the person, or to another address of theirs."""
    enqueue_on_commit(
        "checkout.customer.tasks.account_mail_send",
        user_id=user.pk,
        kind=kind,
        to=to,
        language=get_language() or "",
        message_id=f"account.{uuid4().hex}",
    )
