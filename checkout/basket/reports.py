"""Oscar's reports about baskets, read in three statements for any number of baskets."""

from oscar.apps.basket import reports as oscar

from checkout.basket.models import Basket

READ = Basket.objects.select_related("owner").prefetch_related("lines")


class OpenBasketReportGenerator(oscar.OpenBasketReportGenerator):
    queryset = READ.filter(status=Basket.OPEN).order_by("-date_created", "-pk")


class SubmittedBasketReportGenerator(oscar.SubmittedBasketReportGenerator):
    queryset = READ.filter(status=Basket.SUBMITTED).order_by("-date_submitted", "-pk")
