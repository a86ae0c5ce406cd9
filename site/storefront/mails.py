"""The mails of a demo in the browser: what Django's file backend has written into ``EMAIL_FILE_PATH``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SEPARATOR = b"\n" + b"-" * 79 + b"\n"
NEWEST = 100
"""Files that are read; the backend makes one for each mail of the shop."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was sent; ``html`` is empty if it is only text."""

    name: str
    subject: str
    sender: str
    recipients: str
    sent_at: datetime | None
    text: str
    html: str


def mails_read() -> Iterator[Mail]:
    """Yield the mails, newest first."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), reverse=True)
    for file in files[:NEWEST]:
        messages = file.read_bytes().split(SEPARATOR)[:-1]
        for number, content in reversed([*enumerate(messages)]):
            yield _mail(f"{file.stem}-{number}", content)


def _mail(name: str, content: bytes) -> Mail:
    message = message_from_bytes(content, EmailMessage, policy=policy.default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    date = message["Date"]
    return Mail(
        name=name,
        subject=message["Subject"] or "",
        sender=message["From"] or "",
        recipients=message["To"] or "",
        sent_at=date.datetime if date else None,
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )


def _mail_or_404(name: str) -> Mail:
    for mail in mails_read():
        if mail.name == name:
            return mail
    raise Http404


@require_safe
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mails.html", {"mails": [*mails_read()]})


@require_safe
@never_cache
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/mail.html", {"mail": _mail_or_404(name)})


@require_safe
@never_cache
@csp_replace({"style-src": ["'unsafe-inline'"]})  # type: ignore[arg-type]  # django-csp 4 knows no view with arguments
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for a frame. Mails carry their styles inline; scripts stay forbidden."""
    return HttpResponse(_mail_or_404(name).html)


urlpatterns = [
    path("", mail_list, name="demo-mails"),
    path("<str:name>/", mail_detail, name="demo-mail"),
    path("<str:name>/html/", mail_html, name="demo-mail-html"),
]
