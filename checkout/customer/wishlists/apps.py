from oscar.apps.wishlists import apps


class WishlistsConfig(apps.WishlistsConfig):
    """Oscar's app as it is, with the shop's page for those with whom a list is shared."""

    hidable_feature_name = "wishlists"  # type: ignore[assignment]

    def ready(self):
        from checkout.customer.wishlists.views import WishListView

        self.wishlist_view = WishListView
