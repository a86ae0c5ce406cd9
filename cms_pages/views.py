from django.http import HttpRequest, HttpResponse
from wagtail import views
from wagtail.contrib.forms.views import (
    SubmissionsListView as WagtailSubmissionsListView,
)
from wagtail.url_routing import RouteResult

from cms_pages.routing import page_find
from foundation.core.spreadsheets import text_neutralise
from foundation.delivery.same_origin import same_origin_post


@same_origin_post
def page_serve(request: HttpRequest, path: str = "") -> HttpResponse:
    """Wagtail's serve view, its page found in one statement (``cms_pages.routing``).

    A page that is not found that way is looked for in Wagtail's. Forms on pages carry
    no token, so the guard stands here.
    """
    page = page_find(request, path)
    if page is not None:
        # Read by `Page.route_for_request` (Wagtail 8.0).
        request._wagtail_route_for_request = RouteResult(page)
    return views.serve(request, path)


class SubmissionsListView(WagtailSubmissionsListView):
    """Answers to a form. No question or answer of an exported workbook is a formula."""

    def get_heading(self, queryset, field):
        return text_neutralise(super().get_heading(queryset, field))

    def preprocess_field_value(self, field, value, export_format):
        cell = super().preprocess_field_value(field, value, export_format)
        return text_neutralise(cell) if isinstance(cell, str) else cell
