"""A guard against form robots that neither tracks nor asks anything of people."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from foundation.core import clock

MIN_FILL_SECONDS = 3


_signer = Signer(salt="cms_pages.spam")


class SpamGuardForm(forms.Form):
    """A field that people don't see, and the signed moment the form was drawn.

    The page is cacheable, so the moment may be old and is the same for many; it only
    proves that nobody fills a form in less than ``MIN_FILL_SECONDS``. Made with the
    prefix ``guard``: no field that an editor names can collide.
    """

    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    drawn = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None):
        drawn = _signer.sign(str(int(clock.now().timestamp())))
        super().__init__(data, prefix="guard", initial={"drawn": drawn})

    @property
    def is_robot(self) -> bool:
        """Whether the hidden field was filled; says nothing to whoever filled it."""
        return bool(self.is_bound and self.data.get(self.add_prefix("website")))

    def clean_drawn(self) -> int:
        try:
            drawn = int(_signer.unsign(self.cleaned_data["drawn"]))
        except (BadSignature, ValueError) as error:
            raise ValidationError(
                _("The form has expired. Please send it once more.")
            ) from error
        if clock.now().timestamp() - drawn < MIN_FILL_SECONDS:
            raise ValidationError(_("That was very quick. Please send it once more."))
        return drawn
