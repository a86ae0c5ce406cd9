from __future__ import annotations

from urllib.parse import unquote

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalogue.models import Product
from catalogue.options import OptionsForm
from catalogue.selectors import ProductNotFoundError, product_detail
from catalogue.structured_data import product_data
from foundation.core.context import shop_context_for_request
from foundation.core.identifiers import id_parse


class ProductDetailView(TemplateView):
    """A product, or with ``?variant=<pk>`` one of its variants.

    A variant's own address and an address with an old title lead to the
    product's; a hidden or withdrawn product is not found. Sends no
    ``product_viewed``: its receivers write and set cookies.
    """

    template_name = "oscar/catalogue/detail.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        pk = int(kwargs["pk"])
        try:
            self.detail = product_detail(
                pk,
                context=shop_context_for_request(request),
                variant=id_parse(request.GET.get("variant", "")),
            )
        except ProductNotFoundError as error:
            return self._redirect_from_variant(pk, error)
        url = self.detail.product.url
        if unquote(url) != unquote(request.path):
            query = request.META["QUERY_STRING"]
            return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, *, options_form: OptionsForm | None = None, **kwargs):
        return super().get_context_data(**kwargs) | {
            "detail": self.detail,
            "product_data": product_data(
                self.detail, absolute=self.request.build_absolute_uri
            ),
            "options_form": options_form or OptionsForm(self.detail.options),
        }

    def _redirect_from_variant(self, pk: int, error: Exception) -> HttpResponse:
        child = (
            Product.objects.filter(pk=pk, is_public=True, parent__is_public=True)
            .select_related("parent")
            .first()
        )
        if child is None:
            raise Http404(_("We no longer sell this product.")) from error
        url = child.parent.get_absolute_url()
        return HttpResponsePermanentRedirect(f"{url}?variant={pk}")
