"""Large bodies are read from staff who upload files, and from nobody else.

Django writes the files of a form to ``/tmp``, and reads the form to look for its token
before a view, or a page of an error, can ask who sent it.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache

UPLOADS = re.compile("/(cms/(documents|images)|dashboard/catalogue)/")
"""Beginnings of the paths where staff upload files; docker/nginx, k8s/ and helm/ name the same."""


class BodySizeMiddleware:
    """Refuses what strangers send before any of it is read.

    Where files are uploaded, only staff are listened to, whatever the size: proxies pass
    these bodies on as they come. Elsewhere a body is as large as a form without files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.refusal(request) or self.get_response(request)

    @staticmethod
    def refusal(request: HttpRequest) -> HttpResponse | None:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return HttpResponse(status=411)  # Django reads by Content-Length only
        given = request.META.get("CONTENT_LENGTH", "")
        length = int(given) if given.isdecimal() else 0  # as Django takes it
        if length and UPLOADS.match(request.path_info):
            if not request.user.has_perm("wagtailadmin.access_admin"):
                return reject(request)
            request.may_upload = True  # type: ignore[attr-defined]
        elif length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return never_cache(render)(request, "413.html", status=413)
        return None


def reject(request: HttpRequest) -> HttpResponse:
    """As ``wagtail.admin.auth.reject_request`` (8.0), whose page for scripts would read the form."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return HttpResponse(status=403)
    login = settings.WAGTAILADMIN_LOGIN_URL
    return redirect_to_login(request.get_full_path(), login)


class StaffUploadHandler(FileUploadHandler):
    """Leaves a form unread that ``BodySizeMiddleware`` has not let through.

    An error before that middleware, such as a wrong ``Host``, has a page that reads it.
    """

    def __init__(self, request: HttpRequest):
        super().__init__(request)
        self.is_approved = getattr(request, "may_upload", False)
        self.is_upload = bool(UPLOADS.match(request.path_info))

    def handle_raw_input(self, input_data, META, content_length, *arguments, **options):  # noqa: N803
        is_large = content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if self.is_approved or not (self.is_upload or is_large):
            return None
        return QueryDict(), MultiValueDict()

    def receive_data_chunk(self, raw_data, start):
        return raw_data  # for the handlers that follow

    def file_complete(self, file_size):
        return None
