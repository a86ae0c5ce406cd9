from __future__ import annotations

from urllib.parse import unquote, urlencode

from django.http import Http404, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalogue.models import Category, Product
from catalogue.selectors import (
    Breadcrumb,
    ProductPage,
    category_detail,
    category_products,
    category_roots,
    product_page,
    sort_choices,
)
from catalogue.selectors.listings import DEFAULT_SORT
from foundation.core.context import shop_context_for_request


class ProductListMixin:
    """Puts one page of products into a template's context, sorted as the address says."""

    def list_context(self, products) -> dict:
        sort = self.request.GET.get("sort", DEFAULT_SORT)
        listing = product_page(
            products,
            context=shop_context_for_request(self.request),
            sort=sort,
            number=self.request.GET.get("page", 1),
        )
        return page_context(listing) | {"sort_choices": sort_choices()}


def page_context(listing: ProductPage) -> dict:
    """What the templates of lists take: cards, page, paginator, sort, query string without page."""
    params = {} if listing.sort == DEFAULT_SORT else {"sort": listing.sort}
    return {
        "cards": listing.cards,
        "page_obj": listing.page,
        "paginator": listing.page.paginator,
        "sort": listing.sort,
        "params": urlencode(params),
    }


class CatalogueView(ProductListMixin, TemplateView):
    """Everything the shop sells."""

    template_name = "oscar/catalogue/browse.html"

    def get_context_data(self, **kwargs):
        return (
            super().get_context_data(**kwargs)
            | self.list_context(Product.objects.all())
            | {
                "subcategories": category_roots(),
                "breadcrumbs": [Breadcrumb(_("Everything we sell"))],
            }
        )


class ProductCategoryView(ProductListMixin, TemplateView):
    """A public category; an address with an old name or place leads to the right one."""

    template_name = "oscar/catalogue/category.html"

    def get(self, request, *args, **kwargs):
        try:
            self.detail = category_detail(int(kwargs["pk"]))
        except Category.DoesNotExist as error:
            raise Http404(_("This category does not exist.")) from error
        url = self.detail.category.url
        if unquote(url) != unquote(request.path):
            query = request.META["QUERY_STRING"]
            return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return (
            super().get_context_data(**kwargs)
            | self.list_context(category_products(self.detail.path))
            | {
                "category": self.detail.category,
                "subcategories": self.detail.subcategories,
                "breadcrumbs": self.detail.breadcrumbs,
            }
        )
