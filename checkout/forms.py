"""What a shopper fills in on the way from the basket to the order."""

from __future__ import annotations

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from checkout.address.forms import ADDRESS_FIELDS, CountryAddressForm
from checkout.order.models import BillingAddress, ShippingAddress
from checkout.payment.methods import METHODS
from foundation.accounts.addresses import EmailAddressField


class ShippingAddressForm(CountryAddressForm):
    class Meta:
        model = ShippingAddress
        fields = [*ADDRESS_FIELDS, "phone_number", "notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 2, "maxlength": 300})}


class BillingAddressForm(CountryAddressForm):
    section = "billing"
    shipping_only = False
    phone_number_fields: dict = {}

    class Meta:
        model = BillingAddress
        fields = ADDRESS_FIELDS


class GuestForm(forms.Form):
    """Puts a guest's e-mail address before the fields of an address."""

    field_order = ["email", "country"]

    email = EmailAddressField(
        label=_("E-mail address"),
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "off"}
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.required = True
        email.help_text = _("For the confirmation and news about this order.")


class GuestShippingAddressForm(GuestForm, ShippingAddressForm):
    """A guest's details for an order that is delivered."""


class GuestBillingAddressForm(GuestForm, BillingAddressForm):
    """A guest's details for an order without delivery."""


class PaymentForm(forms.Form):
    """How an order without delivery is paid."""

    payment_code = forms.ChoiceField(
        label=_("Payment"),
        widget=forms.RadioSelect,
        choices=[(code, method.name) for code, method in METHODS.items()],
        error_messages={"required": _("Please choose how you want to pay.")},
    )


class DeliveryForm(PaymentForm):
    """How it is sent, how it is paid, and whether the invoice goes elsewhere."""

    field_order = ["shipping_code"]

    shipping_code = forms.ChoiceField(label=_("Delivery"), widget=forms.RadioSelect)
    billing_same = forms.BooleanField(
        label=_("The invoice goes to the delivery address"),
        required=False,
        initial=True,
    )

    def __init__(self, *args, methods, **kwargs):
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["shipping_code"])
        field.choices = [(method.code, method.name) for method in methods]
        field.error_messages["required"] = _("Please choose a way of delivery.")
