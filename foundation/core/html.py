"""Texts that people type, as HTML that cannot run anything."""

from __future__ import annotations

import re

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
TAGS = frozenset({
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "a"),
    *("b", "strong", "i", "em", "u", "s", "del", "ins", "small", "sub", "sup", "code"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
})  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "rel", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    url_schemes=set(LINK_SCHEMES),
    link_rel=None,
)
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def html_clean(text: str | None) -> SafeString:
    """Return ``text`` with the elements of a written text alone: no script, style or picture.

    Stored texts are cleaned whenever they are drawn: an importer, a form or an old row
    may hold anything.
    """
    return mark_safe(_cleaner.clean(text or ""))  # noqa: S308 - that is what nh3 is for


def link_is_safe(address: str) -> bool:
    """Whether a browser that follows ``address`` opens a page instead of running a script.

    Addresses without a scheme, such as ``/catalogue/``, are safe.
    """
    scheme = _SCHEME.match(_IGNORED_BY_BROWSERS.sub("", address))
    return not scheme or scheme[1].lower() in LINK_SCHEMES


def validate_link(address: str) -> None:
    """Raise ``ValidationError`` unless ``link_is_safe``."""
    if not link_is_safe(address):
        raise ValidationError(
            _("Enter an address that begins with https:// or with a slash."),
            code="unsafe_link",
        )
