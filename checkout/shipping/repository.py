from oscar.apps.shipping.repository import Repository as OscarRepository

from checkout.shipping.methods import Express, Standard


class Repository(OscarRepository):
    """The shop's ways to deliver, the usual one first; only to shipping countries."""

    methods = (Standard(), Express())  # type: ignore[assignment]

    def get_available_shipping_methods(self, basket, shipping_addr=None, **kwargs):
        if shipping_addr is not None and not shipping_addr.country.is_shipping_country:
            return []
        return list(self.methods)
