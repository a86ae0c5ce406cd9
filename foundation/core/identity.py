"""Who runs the shop. A higher layer knows; ``SHOP_IDENTITY`` names its function."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class ShopIdentity:
    """Name and contact of the shop; ``address`` is empty if there is none."""

    name: str
    email: str
    address: str


def shop_identity() -> ShopIdentity:
    """Return the identity of the default shop, for what belongs to no request: mails."""
    return import_string(settings.SHOP_IDENTITY)()
