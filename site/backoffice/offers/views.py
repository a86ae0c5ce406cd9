from oscar.apps.dashboard.offers import views as oscar


class OfferDetailView(oscar.OfferDetailView):
    def post(self, request, *args, **kwargs):
        """Oscar 4.2 answers nothing to a form that neither suspends nor reinstates."""
        return super().post(request, *args, **kwargs) or self.get(
            request, *args, **kwargs
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(object=self.offer, **kwargs)
