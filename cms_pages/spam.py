"""A guard against form robots that neither tracks nor asks anything of people."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

_signer = Signer(salt="cms_pages.spam")


class SpamGuardForm(forms.Form):
    """A field that people don't see, and a token that only the form itself contains.

    How fast somebody answers proves nothing: the page is cacheable, and browsers fill
    in a form at once. Made with the prefix ``guard``: no field that an editor names can
    collide.
    """

    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None):
        super().__init__(data, prefix="guard", initial={"token": _signer.sign("form")})

    @property
    def is_robot(self) -> bool:
        """Whether the hidden field was filled; says nothing to whoever filled it."""
        return bool(self.is_bound and self.data.get(self.add_prefix("website")))

    def clean_token(self) -> str:
        try:
            return _signer.unsign(self.cleaned_data["token"])
        except BadSignature as error:
            raise ValidationError(
                _("The form has expired. Please send it once more.")
            ) from error
