"""What a shopper has told the checkout so far; in the session until the order is placed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.core import signing

from checkout.order.models import BillingAddress, ShippingAddress

KEY = "checkout_data"
TOKEN_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckoutProgress:
    """``shipping_address`` and ``billing_address`` are field values, ``None`` until given."""

    email: str = ""
    shipping_address: dict[str, Any] | None = None
    shipping_code: str = ""
    payment_code: str = ""
    billing_same: bool = True
    billing_address: dict[str, Any] | None = field(default=None)

    def has_details(self, *, with_delivery: bool) -> bool:
        """Return whether it is known who orders. An invoice can go to a delivery address."""
        if with_delivery:
            return self.shipping_address is not None
        return self.billing_values() is not None

    def has_delivery(self, *, with_delivery: bool) -> bool:
        """Return whether delivery, if there is one, and payment are chosen."""
        return bool(self.payment_code and (self.shipping_code or not with_delivery))

    def billing_values(self) -> dict[str, Any] | None:
        """Field values of the invoice address; ``None`` if no address is known."""
        if self.billing_same or self.billing_address is None:
            return self.shipping_address
        return self.billing_address

    def build_shipping_address(self) -> ShippingAddress | None:
        values = self.shipping_address
        return None if values is None else ShippingAddress(**values)

    def build_billing_address(self) -> BillingAddress:
        names = {each.attname for each in BillingAddress._meta.concrete_fields}
        values = self.billing_values() or {}
        return BillingAddress(
            **{name: value for name, value in values.items() if name in names}
        )


def progress_load(session) -> CheckoutProgress:
    stored = session.get(KEY, {})
    known = CheckoutProgress.__dataclass_fields__
    return CheckoutProgress(**{k: v for k, v in stored.items() if k in known})


def progress_save(session, **changes) -> None:
    session[KEY] = asdict(replace(progress_load(session), **changes))


def progress_clear(session) -> None:
    session.pop(KEY, None)


def address_values(address) -> dict[str, Any]:
    """Field values of an unsaved or saved address, as the session can keep them."""
    names = {
        each.attname
        for each in ShippingAddress._meta.concrete_fields
        if each.name not in ("id", "code", "search_text")
    }
    return {
        name: str(value)
        for name, value in vars(address).items()
        if name in names and value
    }


# --- The basket that the last page showed ---------------------------------------------


def basket_token(session, basket_id: int) -> str:
    """Return a signed text that names the basket, for this session alone.

    The last page sends it back: a second click names the same basket, also after the
    first has ended it. Another browser can do nothing with it.
    """
    return signing.dumps(basket_id, salt=_token_salt(session))


def basket_id_from_token(session, token: str) -> int | None:
    """Return the basket's primary key, ``None`` if the token is forged, old or another's."""
    if not session.session_key:
        return None
    try:
        return signing.loads(token, salt=_token_salt(session), max_age=TOKEN_LIFETIME)
    except signing.BadSignature:
        return None


def _token_salt(session) -> str:
    return f"checkout.basket.{session.session_key}"
