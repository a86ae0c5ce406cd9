from __future__ import annotations

from django.db.models import F, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalogue.offer.models import ConditionalOffer, Range
from catalogue.search.views import ProductListMixin, page_context
from catalogue.selectors import Breadcrumb, product_page
from foundation.core.context import shop_context_for_request


class OfferListView(TemplateView):
    """The offers that everybody gets at this moment."""

    template_name = "oscar/offer/list.html"

    def get_context_data(self, **kwargs):
        at = shop_context_for_request(self.request).at
        offers = ConditionalOffer.active.at(at).filter(offer_type=ConditionalOffer.SITE)
        return super().get_context_data(**kwargs) | {
            "offers": offers,
            "breadcrumbs": [Breadcrumb(_("Offers"))],
        }


class OfferDetailView(ProductListMixin, TemplateView):
    """An open offer with the products that it is for."""

    template_name = "oscar/offer/detail.html"

    def get_context_data(self, **kwargs):
        context = shop_context_for_request(self.request)
        offer = (
            ConditionalOffer.active.at(context.at)
            .filter(slug=kwargs["slug"], offer_type=ConditionalOffer.SITE)
            .select_related("condition__range")
            .first()
        )
        if offer is None:
            raise Http404(_("This offer has ended."))
        return (
            super().get_context_data(**kwargs)
            | self.list_context(offer.products())
            | {"offer": offer}
        )


class RangeDetailView(TemplateView):
    """A public range, in the order that staff gave its products."""

    template_name = "oscar/offer/range.html"

    def get_context_data(self, **kwargs):
        found = get_object_or_404(Range, slug=kwargs["slug"], is_public=True)
        order = found.included_products.through.objects.filter(
            range=found, product=OuterRef("pk")
        )
        listing = product_page(
            found.all_products(),
            context=shop_context_for_request(self.request),
            number=self.request.GET.get("page", 1),
            order=[
                Subquery(order.values("display_order")[:1]).asc(nulls_last=True),
                F("date_created").desc(),
            ],
        )
        return (
            super().get_context_data(**kwargs)
            | page_context(listing)
            | {"range": found, "breadcrumbs": [Breadcrumb(found.name)]}
        )
