"""Settings and URLs of a web server whose views wait, for `test_stuck_requests.py`."""

from collections.abc import Iterator
from time import sleep

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from storefront.settings.test import *  # noqa: F403  # this module is the settings

ROOT_URLCONF = "tests.reliability.stuck_requests"
STUCK_REQUEST_SECONDS = 4
PART_SECONDS, PARTS = 0.5, 10
"""Together longer than a request may be stuck."""


def wait(request: HttpRequest, seconds: int) -> HttpResponse:
    sleep(seconds)
    return HttpResponse("done")


def export(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        for _ in range(PARTS):
            sleep(PART_SECONDS)
            yield b"part"

    return StreamingHttpResponse(parts())


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.FILES["file"].size))


def statement(request: HttpRequest, seconds: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
    return HttpResponse("done")


urlpatterns = [
    path("wait/<int:seconds>/", wait),
    path("export/", export),
    path("upload/", upload),
    path("statement/<int:seconds>/", statement),
]
