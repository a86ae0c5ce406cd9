from django.http import HttpRequest, HttpResponse
from wagtail import views
from wagtail.url_routing import RouteResult

from cms_pages.routing import page_find
from foundation.delivery.same_origin import same_origin_post


@same_origin_post
def page_serve(request: HttpRequest, path: str = "") -> HttpResponse:
    """Wagtail's serve view, its page found by its path (``cms_pages.routing``).

    A page that is not found that way is looked for in Wagtail's. Forms on pages carry
    no token, so the guard stands here.
    """
    page = page_find(request, path)
    if page is not None:
        # Read by `Page.route_for_request` (Wagtail 8.0).
        request._wagtail_route_for_request = RouteResult(page)
    return views.serve(request, path)
