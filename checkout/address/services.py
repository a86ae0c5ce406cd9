from __future__ import annotations

from django.db.models import F

from checkout.address.models import UserAddress
from checkout.order.models import BillingAddress, ShippingAddress
from foundation.accounts.models import User


def address_remember(*, user: User, address: ShippingAddress | BillingAddress) -> None:
    """Keep an order's address in the person's address book, or count its use there."""
    use = "shipping" if isinstance(address, ShippingAddress) else "billing"
    counter = f"num_orders_as_{use}_address"
    known = UserAddress.objects.filter(user=user, hash=address.generate_hash())
    if known.update(**{counter: F(counter) + 1}):
        return
    remembered = UserAddress(user=user, **{counter: 1})
    address.populate_alternative_model(remembered)
    setattr(remembered, f"is_default_for_{use}", not user.addresses.exists())
    remembered.save()
