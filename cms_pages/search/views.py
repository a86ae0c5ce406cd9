from __future__ import annotations

from urllib.parse import urlencode

from django.utils.translation import get_language
from django.views.generic import TemplateView

from catalogue.search.selectors import QUERY_LENGTH, products_search
from cms_pages.metrics import SEARCHES
from cms_pages.routing import site_for_request
from cms_pages.search.selectors import pages_search
from foundation.core.context import shop_context_for_request


class SearchView(TemplateView):
    """Products and pages that have all words of ``q``; products by page, the best pages on the first."""

    http_method_names = ["get", "head", "options"]
    template_name = "search/search.html"

    def get_context_data(self, **kwargs):
        query = query_clean(self.request.GET.get("q", ""))
        listing = products_search(
            query,
            context=shop_context_for_request(self.request),
            page=self.request.GET.get("page", 1),
        )
        site = site_for_request(self.request)
        is_first = listing.page.number == 1
        pages = (
            pages_search(query, site=site, language=get_language())
            if site and is_first
            else []
        )
        if query and is_first:
            SEARCHES.labels("found" if listing.cards or pages else "empty").inc()
        return super().get_context_data(**kwargs) | {
            "query": query,
            "cards": listing.cards,
            "page_obj": listing.page,
            "paginator": listing.page.paginator,
            "params": urlencode({"q": query}),
            "pages": pages,
        }


def query_clean(text: str) -> str:
    """``text`` as it may be asked: at most ``QUERY_LENGTH`` characters, on one line."""
    return " ".join(text.replace("\0", " ").split())[:QUERY_LENGTH].strip()
