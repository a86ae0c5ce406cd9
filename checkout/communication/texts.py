"""Texts of mails that staff type: a small part of Django's template language.

They are checked when they are saved and drawn by ``text_render`` alone, for a preview and
for the mail itself: without Django's tag libraries, from plain values (``values``), and
with a bound on what comes out. Why: ``docs/adr/0015-typed-mail-texts-know-plain-values.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import Context, Engine, Template, TemplateSyntaxError
from django.utils.translation import gettext as _

from checkout.communication import tags
from checkout.communication.values import plain_values
from foundation.core.errors import PermanentError

LONGEST_TEXT = 20_000
LONGEST_RESULT = 200_000


class MailTextError(PermanentError):
    """A typed text that cannot be a mail."""


class TextEngine(Engine):
    """Knows the tags and filters of ``checkout.communication.tags`` alone, and no file."""

    default_builtins = [tags.__name__]


def text_check(text: str) -> None:
    """Raise ``MailTextError`` unless ``text`` is a template that may be drawn."""
    _compile(text)


def text_render(text: str, context: Mapping[str, Any], *, is_html: bool) -> str:
    """Draw ``text`` with the plain values of ``context``, which are escaped in HTML.

    Raises: MailTextError, also if the result is longer than ``LONGEST_RESULT``.
    """
    template = _compile(text)
    values = Context(plain_values(context), autoescape=is_html)
    try:
        result = template.render(values)
    except tags.TooLongError:
        raise _becomes_too_long() from None
    except Exception as error:  # a method of a value, too many levels
        raise _not_possible(error) from error
    if len(result) > LONGEST_RESULT:
        raise _becomes_too_long()
    return result


def _compile(text: str) -> Template:
    if len(text) > LONGEST_TEXT:
        raise MailTextError(
            _("This text is longer than %(limit)s characters.")
            % {"limit": LONGEST_TEXT}
        )
    try:
        return TextEngine().from_string(text)
    except (TemplateSyntaxError, RecursionError) as error:
        raise _not_possible(error) from error


def _becomes_too_long() -> MailTextError:
    return MailTextError(
        _("This text becomes longer than %(limit)s characters.")
        % {"limit": LONGEST_RESULT}
    )


def _not_possible(error: Exception) -> MailTextError:
    return MailTextError(
        _(
            "This text cannot be a mail: %(error)s. It may contain values, the tags "
            "%(tags)s and the filters %(filters)s."
        )
        % {
            "error": str(error).rstrip("."),
            "tags": ", ".join(sorted(tags.register.tags)),
            "filters": ", ".join(sorted(tags.register.filters)),
        }
    )
