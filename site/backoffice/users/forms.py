"""People's accounts under ``/cms/users/``."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from checkout.customer.services import account_mail_enqueue
from foundation.accounts.addresses import EmailAddressField


class UserCreationForm(WagtailUserCreationForm):
    email = EmailAddressField(label=_("E-mail address"))


class UserEditForm(WagtailUserEditForm):
    """Another person's address is unverified once it is changed here, and the old one is notified.

    Staff change their own address in the shop's profile, with their password and a link.
    """

    email = EmailAddressField(label=_("E-mail address"))

    def __init__(self, *args, editing_self=False, **kwargs):
        super().__init__(*args, editing_self=editing_self, **kwargs)
        if editing_self:
            self.fields["email"].disabled = True
            self.fields["email"].help_text = format_html(
                '<a href="{}">{}</a>',
                reverse("customer:change-email"),
                _("Change your e-mail address"),
            )

    @transaction.atomic
    def save(self, commit=True):
        if "email" not in self.changed_data:
            return super().save(commit)
        self.instance.email_verified_at = None
        user = super().save(commit)
        account_mail_enqueue(user=user, kind="email_changed", to=self.initial["email"])
        return user
