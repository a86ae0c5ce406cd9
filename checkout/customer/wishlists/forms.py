from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model

from foundation.accounts.addresses import MAX_LENGTH, email_normalise

WishList = get_model("wishlists", "WishList")

MOST_ADDRESSES = 20


class WishListForm(forms.ModelForm):
    """A list's name, and who may see it. Addresses are kept while the list is private."""

    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see the list"),
        widget=forms.RadioSelect,
        choices=[
            (WishList.PRIVATE, gettext_lazy("Only me")),
            (WishList.SHARED, gettext_lazy("People with these e-mail addresses")),
            (WishList.PUBLIC, gettext_lazy("Everybody who has the link")),
        ],
        initial=WishList.PRIVATE,
    )
    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        help_text=gettext_lazy(
            "One on each line. These people see the list after they log in. "
            "Send them the link yourself: the shop writes no mail."
        ),
        widget=forms.Textarea(
            attrs={"rows": 4, "autocapitalize": "off", "spellcheck": "false"}
        ),
        required=False,
        max_length=MOST_ADDRESSES * (MAX_LENGTH + 2),
    )

    class Meta:
        model = WishList
        fields = ["name", "visibility"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["emails"] = "\n".join(
                self.instance.shared_emails.order_by("pk").values_list(
                    "email", flat=True
                )
            )

    def clean_emails(self) -> list[str]:
        """Return the addresses in normal form, each once, in the order in which they were typed."""
        emails: dict[str, None] = {}
        for text in re.split(r"[\s,;]+", self.cleaned_data["emails"]):
            if text:
                emails[_address(text)] = None
        if len(emails) > MOST_ADDRESSES:
            raise ValidationError(
                _("Enter at most %(limit)d e-mail addresses.")
                % {"limit": MOST_ADDRESSES}
            )
        return list(emails)

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("visibility") == WishList.SHARED and data.get("emails") == []:
            self.add_error("emails", _("Enter at least one e-mail address."))
        return data

    @transaction.atomic
    def save(self, commit=True):
        wishlist = super().save(commit)
        emails = self.cleaned_data["emails"]
        wishlist.shared_emails.exclude(email__in=emails).delete()
        known = set(wishlist.shared_emails.values_list("email", flat=True))
        for email in emails:
            if email not in known:
                wishlist.shared_emails.create(email=email)
        return wishlist


def _address(text: str) -> str:
    try:
        return email_normalise(text)
    except ValidationError:
        raise ValidationError(
            _("“%(text)s” is not an e-mail address.") % {"text": text[:60]}
        ) from None
