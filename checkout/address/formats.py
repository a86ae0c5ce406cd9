"""How an address is written in a country: which fields, in which order, which must be there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy, to_locale
from django.utils.translation import gettext_lazy as _
from oscar.apps.address.abstract_models import AbstractAddress

POSTCODE_LAST = frozenset({"GB", "GG", "IE", "IM", "JE", "NZ", "SG", "TH"})
"""Town first, then the postcode; nearly everywhere else it is the other way round."""

STATE = pgettext_lazy("of a country", "State")  # Oscar's plain "State" is a status
STATES: dict[str, str | Promise] = {
    "AU": _("State or territory"),
    "BR": STATE,
    "CA": _("Province"),
    "CN": _("Province"),
    "IN": STATE,
    "JP": _("Prefecture"),
    "MX": STATE,
    "US": STATE,
}
"""Countries whose addresses name a state, and what it is called there."""


@dataclass(frozen=True, slots=True)
class AddressFormat:
    """``rows`` of field names from top to bottom; a row's fields stand side by side."""

    rows: tuple[tuple[str, ...], ...]
    required: frozenset[str]
    state_label: str | Promise
    postcode_is_numeric: bool


def address_format(country_code: str) -> AddressFormat:
    """The format of the country with this ISO 3166-1 code; a usual one if it is unknown.

    Postcodes are required where Oscar (4.2, ``AbstractAddress.POSTCODES_REGEX``)
    knows how they look.
    """
    postcode = AbstractAddress.POSTCODES_REGEX.get(country_code)
    required = {"first_name", "last_name", "line1", "line4"}
    if postcode:
        required.add("postcode")
    town: tuple[tuple[str, ...], ...] = (("postcode", "line4"),)
    if country_code in STATES:
        required.add("state")
        town = (("line4",), ("state", "postcode"))
    elif country_code in POSTCODE_LAST:
        town = (("line4", "postcode"),)
    return AddressFormat(
        rows=(("first_name", "last_name"), ("line1",), ("line2",), *town),
        required=frozenset(required),
        state_label=STATES.get(country_code, ""),
        postcode_is_numeric=bool(postcode and not re.search(r"[A-Z-]", postcode)),
    )


def country_name(code: str, fallback: str = "") -> str:
    """The country's name in the active language."""
    locale = Locale.parse(to_locale(get_language() or "en"))
    return locale.territories.get(code, fallback)


def address_lines(address) -> list[str]:
    """An address as it is written, its country in the shopper's language. No query."""
    if address is None:
        return []
    town = " ".join(part for part in (address.postcode, address.line4) if part)
    return [
        line
        for line in (
            address.name,
            address.line1,
            address.line2,
            address.line3,
            town,
            address.state,
            country_name(address.country_id, address.country_id),
        )
        if line
    ]
