"""The account's forms. None of them says whether an address has an account."""

from __future__ import annotations

from django import forms
from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.forms import ConfirmPasswordForm as OscarConfirmPasswordForm
from oscar.apps.customer.forms import (
    EmailAuthenticationForm as OscarEmailAuthenticationForm,
)

from checkout.customer.services import account_mail_request
from foundation.accounts.addresses import EmailAddressField
from foundation.accounts.models import User

__all__ = [
    "ChangeEmailForm",
    "ConfirmPasswordForm",
    "EmailAuthenticationForm",
    "EmailUserCreationForm",
    "PasswordResetForm",
    "ProductAlertForm",
    "ProfileForm",
]


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


def email_input(autocomplete: str = "email") -> forms.EmailInput:
    return forms.EmailInput(
        attrs={"autocomplete": autocomplete, "autocapitalize": "off"}
    )


class EmailAuthenticationForm(OscarEmailAuthenticationForm):
    error_messages = auth_forms.AuthenticationForm.error_messages | {
        "invalid_login": _("E-mail address and password do not fit together."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = email_input("username")
        self.fields["password"].widget = password_input("current-password")


class EmailUserCreationForm(forms.Form):
    """An address and nothing else: its mailbox receives the link to choose a password."""

    email = EmailAddressField(label=_("E-mail address"), widget=email_input())


class PasswordResetForm(auth_forms.PasswordResetForm):
    """Also the back office's (``WAGTAILADMIN_USER_PASSWORD_RESET_FORM``)."""

    email = EmailAddressField(label=_("E-mail address"), widget=email_input())

    def save(self, *args, **kwargs) -> None:
        """Request the mail without looking whether there is an account."""
        account_mail_request(kind="reset", email=self.cleaned_data["email"])


class ConfirmPasswordForm(OscarConfirmPasswordForm):
    password = forms.CharField(
        label=_("Your password"),
        widget=password_input("current-password"),
        strip=False,
    )

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


class ChangeEmailForm(ConfirmPasswordForm):
    email = EmailAddressField(label=_("New e-mail address"), widget=email_input())
    field_order = ["email", "password"]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs | {"instance": user})


class ProductAlertForm(forms.Form):
    """Whom to tell that a product is back; the product's page draws it by hand."""

    email = EmailAddressField(label=_("E-mail address"), widget=email_input())
