from django import forms
from oscar.apps.dashboard.communications import forms as oscar

from checkout.communication.texts import MailTextError, text_check


class CommunicationEventTypeForm(oscar.CommunicationEventTypeForm):
    """A preview goes to who asks for it: there is no other address to send it to."""

    preview_email = None  # type: ignore[assignment]

    def validate_template(self, value):
        try:
            text_check(value)
        except MailTextError as error:
            raise forms.ValidationError(str(error)) from error

    class Meta(oscar.CommunicationEventTypeForm.Meta):
        fields = [
            name
            for name in oscar.CommunicationEventTypeForm.Meta.fields
            if name != "preview_email"
        ]
