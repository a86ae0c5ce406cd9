from oscar.apps.dashboard.offers import views as oscar

from foundation.core.html import html_clean


class OfferListView(oscar.OfferListView):
    def get_queryset(self):
        """Oscar's (4.2) has no order unless one is chosen, and none among equals: pages overlap."""
        offers = super().get_queryset()
        return offers.order_by(*(offers.query.order_by or ["-priority"]), "pk")


class OfferDetailView(oscar.OfferDetailView):
    def post(self, request, *args, **kwargs):
        """Oscar 4.2 answers nothing to a form that neither suspends nor reinstates."""
        return super().post(request, *args, **kwargs) or self.get(
            request, *args, **kwargs
        )

    def get_context_data(self, **kwargs):
        # Oscar's template (4.2) draws it as it is.
        self.offer.description = html_clean(self.offer.description)
        return super().get_context_data(object=self.offer, **kwargs)
