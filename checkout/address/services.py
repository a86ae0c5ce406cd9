from __future__ import annotations

from django.db.models import F

from checkout.address.models import UserAddress
from checkout.order.models import ShippingAddress
from foundation.accounts.models import User


def address_remember(*, user: User, address: ShippingAddress) -> None:
    """Keep a delivery address in the person's address book, or count its use there."""
    known = UserAddress.objects.filter(user=user, hash=address.generate_hash())
    if known.update(
        num_orders_as_shipping_address=F("num_orders_as_shipping_address") + 1
    ):
        return
    remembered = UserAddress(user=user, num_orders_as_shipping_address=1)
    address.populate_alternative_model(remembered)
    remembered.is_default_for_shipping = not user.addresses.exists()
    remembered.save()
