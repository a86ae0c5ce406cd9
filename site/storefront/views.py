from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.static import serve

from checkout.selectors import visitor_summary
from foundation.media.storage import DOWNLOAD, shown_type


@require_GET
@never_cache
def visitor(request: HttpRequest) -> HttpResponse:
    """The one fragment that is personal: name, basket count, messages (architecture, journey 1).

    Every other page an anonymous visitor can open is the same for all.
    """
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    user = request.user if has_session else None
    context = {
        "name": user.get_short_name() if user and user.is_authenticated else "",
        "count": visitor_summary(request).basket_count,
        "messages": messages.get_messages(request) if has_session else [],
    }
    return render(request, "visitor.html", context)


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of ``MEDIA_ROOT``: pictures are shown, all else is a download. Development only."""
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:  # a name longer than the file system takes
        raise Http404 from error
    if not shown_type(path):
        response["Content-Type"] = DOWNLOAD["ContentType"]
        response["Content-Disposition"] = DOWNLOAD["ContentDisposition"]
    return response
