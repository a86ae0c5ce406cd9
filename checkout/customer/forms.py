"""The account's forms. None of them tells whether an address has an account."""

from __future__ import annotations

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.password_validation import validate_password
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.forms import ConfirmPasswordForm as OscarConfirmPasswordForm
from oscar.apps.customer.forms import (
    EmailAuthenticationForm as OscarEmailAuthenticationForm,
)

from checkout.customer.services import password_reset_request
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
    """An address and a password; whether the address is new is told by mail alone."""

    email = forms.EmailField(label=_("E-mail address"), widget=email_input())
    password1 = forms.CharField(
        label=_("Password"),
        widget=password_input("new-password"),
        strip=False,
        help_text=_("At least eight characters, not only digits."),
    )
    redirect_url = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, host=None, **kwargs):
        self.host = host
        super().__init__(*args, **kwargs)

    def clean_email(self):
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_redirect_url(self):
        url = self.cleaned_data["redirect_url"].strip()
        return url if url_has_allowed_host_and_scheme(url, self.host) else ""

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("password1"):
            try:
                validate_password(
                    cleaned["password1"], User(email=cleaned.get("email", ""))
                )
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned


class PasswordResetForm(auth_forms.PasswordResetForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget = email_input()

    def save(self, *args, **kwargs) -> None:
        """Write to those who have an account with this address; the page is the same for all."""
        for user in self.get_users(self.cleaned_data["email"]):
            password_reset_request(user=user)


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
    email = forms.EmailField(label=_("New e-mail address"), widget=email_input())
    field_order = ["email", "password"]

    def clean_email(self):
        email = User.objects.normalize_email(self.cleaned_data["email"])
        taken = User.objects.filter(email__iexact=email).exclude(pk=self.user.pk)
        if taken.exists():
            raise forms.ValidationError(_("This address can't be used."))
        return email


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

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=email_input()
    )

    def clean_email(self):
        return User.objects.normalize_email(self.cleaned_data["email"])
