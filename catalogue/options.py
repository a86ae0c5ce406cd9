"""Options: what shoppers choose or type when they put a product into the basket.

Staff assign Oscar's options to products and product types. A variant has those of its
parent. What is chosen is kept as JSON with the line of the basket and of the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import EMPTY_VALUES
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from catalogue.models import AttributeOption, Option, Product, ProductClass

LONGEST_TEXT = 200
"""Characters of a text that a shopper types."""

LARGEST_NUMBER = 10**9
"""In either direction of zero."""

PREFIX = "option"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen of an option; ``value`` is as JSON keeps it, a date in ISO 8601."""

    option: Option
    value: Any


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice as baskets, orders and mails show it."""

    name: str
    text: str


class OneLineField(forms.CharField):
    """A text whose line breaks and repeated spaces become single spaces."""

    def to_python(self, value):
        return " ".join((super().to_python(value) or "").split())


class OptionsForm(forms.Form):
    """A field for each option, named ``option-<code>``."""

    prefix = PREFIX

    def __init__(
        self, options: Sequence[Option], data: Mapping[str, Any] | None = None
    ):
        super().__init__(data)
        self.options = options
        self.fields |= {option.code: option_field(option) for option in options}

    def clean(self):
        """Refuse what was chosen of an option that the product does not have any more."""
        known = {self.add_prefix(name) for name in self.fields}
        for name in self.data:
            is_option = name.startswith(f"{PREFIX}-") and name not in known
            if is_option and self.data.get(name):
                raise forms.ValidationError(
                    _("The options of this product have changed. Please choose again.")
                )

    def choices(self) -> list[Choice]:
        """Return what a valid form says, without what was left empty or unticked."""
        chosen = []
        for option in self.options:
            value = self.cleaned_data[option.code]
            if value not in EMPTY_VALUES and value is not False:
                is_date = isinstance(value, date)
                chosen.append(Choice(option, value.isoformat() if is_date else value))
        return chosen


def option_field(option: Option) -> forms.Field:
    common: dict[str, Any] = {
        "label": option.name,
        "required": option.required,
        "help_text": option.help_text or "",
    }
    number = common | {"min_value": -LARGEST_NUMBER, "max_value": LARGEST_NUMBER}
    match option.type:
        case Option.INTEGER:
            return forms.IntegerField(**number)
        case Option.FLOAT:
            return forms.FloatField(**number)
        case Option.BOOLEAN:
            return forms.BooleanField(**common)
        case Option.DATE:
            picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(widget=picker, **common)
        case Option.SELECT | Option.RADIO | Option.MULTI_SELECT | Option.CHECKBOX:
            return _choice_field(option, common)
    return OneLineField(max_length=LONGEST_TEXT, **common)


def _choice_field(option: Option, common: dict[str, Any]) -> forms.Field:
    choices = option.get_choices()
    match option.type:
        case Option.RADIO:
            return forms.ChoiceField(
                choices=choices, widget=forms.RadioSelect, **common
            )
        case Option.MULTI_SELECT:
            return forms.MultipleChoiceField(choices=choices, **common)
        case Option.CHECKBOX:
            return forms.MultipleChoiceField(
                choices=choices, widget=forms.CheckboxSelectMultiple, **common
            )
    if option.required:  # so that nobody buys the first one by oversight
        choices = option.add_empty_choice(choices)
    return forms.ChoiceField(choices=choices, **common)


# --- Which options a product has ------------------------------------------------------


def product_options(product: Product) -> list[Option]:
    """Return the options of ``product`` in their order: its own and those of its type.

    At most two statements. None for a product of :func:`with_options` that has none.
    """
    if not getattr(product, "takes_options", True):
        return []
    owner = product.parent or product
    own = Product.product_options.through._default_manager.filter(product=owner)
    of_type = ProductClass.options.through._default_manager.filter(
        productclass=owner.product_class_id
    )
    return list(
        Option.objects.filter(
            Q(pk__in=own.values("option")) | Q(pk__in=of_type.values("option"))
        )
        .select_related("option_group")
        .prefetch_related(
            Prefetch("option_group__options", AttributeOption.objects.order_by("pk"))
        )
    )


def option_assignments(prefix: str = "") -> tuple[QuerySet, QuerySet]:
    """Return the rows that give options to the product of an outer query.

    ``prefix`` leads from the outer query's model to the product. The first are those of
    the product or its parent, the second those of its type.
    """
    owner = Coalesce(OuterRef(f"{prefix}parent_id"), OuterRef(f"{prefix}pk"))
    product_class = Coalesce(
        OuterRef(f"{prefix}product_class_id"),
        OuterRef(f"{prefix}parent__product_class_id"),
    )
    return (
        Product.product_options.through._default_manager.filter(product_id=owner),
        ProductClass.options.through._default_manager.filter(
            productclass_id=product_class
        ),
    )


def with_options(products: QuerySet[Product]) -> QuerySet[Product]:
    """Add ``takes_options``: whether a product has any options. No further statement."""
    own, of_type = option_assignments()
    return products.annotate(takes_options=Exists(own) | Exists(of_type))


def with_required_options(products: QuerySet[Product]) -> QuerySet[Product]:
    """Add ``requires_options``: whether a product can't be bought without a choice."""
    own, of_type = option_assignments()
    return products.annotate(
        requires_options=Exists(own.filter(option__required=True))
        | Exists(of_type.filter(option__required=True))
    )


# --- What was chosen ------------------------------------------------------------------


def choice_text(value: Any, kind: str) -> str:
    """Return ``value`` of an option of type ``kind`` in the language that is active."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, int | float):
        return number_format(value)
    if kind == Option.DATE:
        with suppress(ValueError):  # the option was of another type once
            return date_format(date.fromisoformat(value))
    return str(value)


def choices_as_typed(
    choices: Iterable[tuple[Option | None, Any]],
) -> dict[str, str | list[str]]:
    """Return ``choices`` as the fields of an :class:`OptionsForm`, to make them again.

    An option that was deleted has no field, so that the form says what has changed.
    """
    return {
        f"{PREFIX}-{option.code if option else ''}": _as_typed(value)
        for option, value in choices
    }


def _as_typed(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return value
    return "on" if value is True else str(value)
