from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from oscar.apps.address.forms import AbstractAddressForm
from oscar.forms.mixins import PhoneNumberMixin

from catalogue.search.text import folded
from checkout.address.formats import STATES, address_format, country_name
from checkout.address.models import Country, UserAddress

AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "line1": "address-line1",
    "line2": "address-line2",
    "line4": "address-level2",
    "state": "address-level1",
    "postcode": "postal-code",
    "country": "country",
    "phone_number": "tel",
}
LABELS = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "line1": _("Street and number"),
    "line2": _("Flat, company, care of"),
    "line4": _("Town or city"),
    "postcode": _("Postcode"),
    "country": _("Country"),
    "phone_number": _("Phone"),
    "notes": _("A word to the courier"),
}
ADDRESS_FIELDS = ["first_name", "last_name", "line1", "line2", "line4", "state"]
ADDRESS_FIELDS += ["postcode", "country"]


class CountryField(forms.TypedChoiceField):
    """One of ``countries``, named in the shopper's language; one query, when first needed."""

    def __init__(self, countries: QuerySet[Country]):
        self.countries = countries
        super().__init__(choices=self._options, coerce=lambda code: self.by_code[code])

    @cached_property
    def by_code(self) -> dict[str, Country]:
        """Those that stand first by ``display_order``, then by name."""
        names = {each.pk: self._name(each) for each in self.countries}
        countries = sorted(
            self.countries,
            key=lambda each: (-each.display_order, folded(names[each.pk])),
        )
        return {each.pk: each for each in countries}

    def _options(self) -> list[tuple[str, str]]:
        return [(code, self._name(each)) for code, each in self.by_code.items()]

    @staticmethod
    def _name(country: Country) -> str:
        return country_name(country.pk, country.printable_name)


class CountryAddressForm(PhoneNumberMixin, AbstractAddressForm):
    """An address as its country writes it, with the tokens that browsers fill it in by.

    The country comes from the data, else from the instance or ``initial``; every
    other field depends on it. Posting ``change_country`` asks for the form of
    another country and is never an error (:attr:`is_country_change`).
    """

    section = "shipping"
    """``shipping`` or ``billing``: which of the visitor's addresses a browser fills in."""
    shipping_only = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.POSTCODE_REQUIRED = False  # the field says so beside itself
        countries = Country.objects.all()
        if self.shipping_only:
            countries = countries.filter(is_shipping_country=True)
        field = self.fields["country"] = CountryField(countries)
        self.country_code = self._country_code(field)
        self.initial["country"] = self.country_code
        self.format = address_format(self.country_code)
        for name, each in self.fields.items():
            each.label = LABELS.get(name, each.label)
            each.help_text = ""
            if name in AUTOCOMPLETE:
                each.widget.attrs["autocomplete"] = (
                    f"{self.section} {AUTOCOMPLETE[name]}"
                )
            each.required = name in self.format.required or name == "country"
        self.fields["state"].label = str(self.format.state_label)
        if self.country_code not in STATES:
            del self.fields["state"]
        if self.format.postcode_is_numeric:
            self.fields["postcode"].widget.attrs["inputmode"] = "numeric"
        if "phone_number" in self.fields:
            self.fields["phone_number"].widget = forms.TelInput(
                attrs={"autocomplete": f"{self.section} tel"}
            )

    def _country_code(self, field: CountryField) -> str:
        posted = self.data.get(self.add_prefix("country")) if self.is_bound else None
        known = posted or self.initial.get("country") or self.instance.country_id
        if known:
            return str(known)
        return next(iter(field.by_code), "")

    @property
    def is_country_change(self) -> bool:
        return "change_country" in self.data

    def for_other_country(self):
        """The form of the country that was asked for, with what was typed and no errors."""
        typed = {
            name: self.data.get(self.add_prefix(name), "")
            for name in {*self.fields, "state"}
        }
        return type(self)(initial=typed, prefix=self.prefix, **self.extra_arguments())

    def extra_arguments(self) -> dict:
        return {}

    def rows(self):
        """Bound fields as they stand in the country's addresses, each row side by side."""
        return [
            [self[name] for name in row if name in self.fields]
            for row in self.format.rows
        ]

    def other_fields(self):
        """What is no part of an address: phone, notes."""
        placed = {name for row in self.format.rows for name in row} | {"country"}
        return [field for field in self.visible_fields() if field.name not in placed]


class UserAddressForm(CountryAddressForm):
    class Meta:
        model = UserAddress
        fields = [*ADDRESS_FIELDS, "phone_number"]

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.user = user

    def extra_arguments(self):
        return {"user": self.instance.user, "instance": self.instance}
