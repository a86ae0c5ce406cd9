"""Oscar's mails, with the texts that staff type drawn from plain values."""

from __future__ import annotations

from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from oscar.apps.communication.abstract_models import AbstractCommunicationEventType

from checkout.communication.texts import text_render


class CommunicationEventType(AbstractCommunicationEventType):
    TEXTS = {
        "subject": "email_subject_template",
        "body": "email_body_template",
        "html": "email_body_html_template",
        "sms": "sms_template",
    }
    """Part of a mail → the field with its typed text; None there stands for the theme's file."""

    def get_messages(self, ctx: dict[str, Any] | None = None) -> dict[str, str]:
        """Draw each part of the mail. Oscar's (4.2) gives typed texts all of Django.

        Raises: MailTextError.
        """
        messages = {name: self._draw(name, ctx or {}) for name in self.TEXTS}
        return messages | {"subject": " ".join(messages["subject"].split())}

    def _draw(self, name: str, context: dict[str, Any]) -> str:
        field = self.TEXTS[name]
        typed = getattr(self, field)
        if typed is not None:
            return text_render(typed, context, is_html=name == "html")
        file = getattr(self, f"{field}_file") % self.code.lower()
        try:
            return get_template(file).render(context)
        except TemplateDoesNotExist:
            return ""


from oscar.apps.communication.models import *
