from oscar.apps.order import apps


class OrderConfig(apps.OrderConfig):
    name = "checkout.order"

    def ready(self):
        super().ready()
        from checkout.order import receivers  # noqa: F401
