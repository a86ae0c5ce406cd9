from oscar.apps.dashboard.reports import utils as oscar
from oscar.core.loading import get_class, get_classes


class GeneratorRepository(oscar.GeneratorRepository):
    """The reports. Those about offers and vouchers read orders, which no module below can."""

    generators = [
        get_class("order.reports", "OrderReportGenerator"),
        *get_classes(
            "analytics.reports",
            [
                "ProductReportGenerator",
                "UserReportGenerator",
                "OfferReportGenerator",
                "VoucherReportGenerator",
            ],
        ),
        *get_classes(
            "basket.reports",
            ["OpenBasketReportGenerator", "SubmittedBasketReportGenerator"],
        ),
    ]
