from __future__ import annotations

from decimal import Decimal

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.catalogue import forms as oscar
from wagtail.images.widgets import AdminImageChooser

from backoffice.catalogue.widgets import DescriptionArea, PictureInput
from catalogue.models import ProductAttribute, ProductImage
from catalogue.partner.models import Partner, PriceWindow, StockRecord
from catalogue.partner.services import (
    LARGEST_AMOUNT,
    PriceError,
    price_change,
    price_window_cancel,
)
from foundation.core import clock


class PriceField(forms.DecimalField):
    """An amount that ``price_change()`` takes."""

    def __init__(self, **kwargs):
        super().__init__(
            max_digits=12,
            decimal_places=2,
            min_value=Decimal("0.01"),
            max_value=LARGEST_AMOUNT,
            **kwargs,
        )


class MinuteField(forms.DateTimeField):
    """A moment in whole minutes, typed in the person's own time zone."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": 60}, format="%Y-%m-%dT%H:%M"
    )

    def clean(self, value):
        moment = super().clean(value)
        return moment and clock.to_minute(moment)


def no_field(attribute: ProductAttribute) -> None:
    """A field for attributes that the form leaves as they are."""


class ProductForm(oscar.ProductForm):
    FIELD_FACTORIES = {
        **oscar.ProductForm.FIELD_FACTORIES,
        # No new attribute is of these types; old ones take no more files.
        ProductAttribute.FILE: no_field,
        ProductAttribute.IMAGE: no_field,
    }

    class Meta(oscar.ProductForm.Meta):
        widgets = {
            **oscar.ProductForm.Meta.widgets,
            "description": DescriptionArea(),
        }


class CategoryForm(oscar.CategoryForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["image"].widget = AdminImageChooser()
        self.fields["description"].widget = DescriptionArea()


class ProductImageForm(oscar.ProductImageForm):
    class Meta:
        model = ProductImage
        fields = ["product", "original", "caption", "display_order"]
        labels = {"display_order": _("Place")}
        help_texts = {"display_order": None}  # the page says it once
        widgets = {"original": PictureInput, "display_order": forms.NumberInput}

    def get_display_order(self):
        """Zero for the empty form that new pictures are copied from."""
        number = str(self.prefix).rsplit("-", 1)[-1]
        return int(number) if number.isdigit() else 0


class StockRecordForm(oscar.StockRecordForm):
    """Stock, tax class and price of one SKU.

    Prices are not model fields here: the database refuses every writer but
    ``price_change()``, which names the person in the history.
    """

    price = PriceField(label=_("Price"), required=False)
    planned_price = PriceField(label=_("Planned price"), required=False)
    planned_from = MinuteField(label=_("From"), required=False)
    planned_until = MinuteField(label=_("Until"), required=False)

    PLAN = ("planned_price", "planned_from", "planned_until")

    class Meta:
        model = StockRecord
        fields = [
            "partner",
            "partner_sku",
            "price_currency",
            "tax_class",
            "num_in_stock",
            "low_stock_threshold",
        ]

    def __init__(self, product_class, user, *args, **kwargs):
        super().__init__(product_class, user, *args, **kwargs)
        record = self.instance
        self.fields["price"].initial = record.price
        self.fields["price"].required = True
        # A currency is part of a price: it is chosen once, with the first one.
        self.fields["price_currency"].disabled = record.price is not None
        self.fields["cancelled"] = forms.ModelMultipleChoiceField(
            self.planned_prices(),
            label=_("Take back planned prices"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        for name in ("price_currency", "tax_class"):
            # The template draws no hidden copy of a computed default.
            self.fields[name].show_hidden_initial = False
        if record.pk is None:
            self.initial.setdefault("partner", Partner.objects.first())
            self.initial.setdefault("price_currency", settings.OSCAR_DEFAULT_CURRENCY)

    def stock_fields(self):
        """What the record is now; without what this product type does not count."""
        names = ("partner", "partner_sku", "price", "price_currency", "tax_class")
        counted = ("num_in_stock", "low_stock_threshold")
        return [self[name] for name in (*names, *counted) if name in self.fields]

    def plan_fields(self):
        return [self[name] for name in self.PLAN]

    def plan_has_errors(self):
        return any(self[name].errors for name in self.PLAN)

    def planned_prices(self):
        """Windows that have not ended, soonest first."""
        if self.instance.pk is None:
            return PriceWindow.objects.none()
        now = clock.now()
        windows = self.instance.price_windows.order_by("starts")
        return windows.filter(ends__isnull=True) | windows.filter(ends__gt=now)

    def clean(self):
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("planned_from"), data.get("planned_until")
        if data.get("planned_price") and not starts:
            self.add_error("planned_from", _("From when does this price hold?"))
        if (starts or ends) and not data.get("planned_price"):
            self.add_error("planned_price", _("Which price is planned?"))
        if starts and ends and ends <= starts:
            self.add_error("planned_until", _("A price window ends after it starts."))
        return data

    @transaction.atomic
    def save(self, commit=True):
        record = super().save(commit)
        if not commit:
            return record
        data = self.cleaned_data
        try:
            if data["price"] != record.price:
                price_change(stockrecord=record, amount=data["price"], actor=self.user)
            if data.get("planned_price"):
                price_change(
                    stockrecord=record,
                    amount=data["planned_price"],
                    actor=self.user,
                    window=(data["planned_from"], data.get("planned_until")),
                )
            for window in data.get("cancelled", ()):
                price_window_cancel(window=window, actor=self.user)
        except PriceError as error:  # what the form does not know yet
            raise forms.ValidationError(str(error)) from error
        return record


class VariantsForm(forms.Form):
    """Options of each axis of a product type, and what all new variants start with."""

    price = PriceField(label=_("Price of each"), required=False)
    num_in_stock = forms.IntegerField(
        label=_("In stock of each"), min_value=0, max_value=1_000_000, required=False
    )

    def __init__(self, *args, product, **kwargs):
        super().__init__(*args, **kwargs)
        self.axes = {
            f"axis_{attribute.code}": attribute
            for attribute in product.product_class.attributes.filter(
                type=ProductAttribute.OPTION, option_group__isnull=False
            ).select_related("option_group")
        }
        for name, attribute in self.axes.items():
            self.fields[name] = forms.ModelMultipleChoiceField(
                attribute.option_group.options.all(),
                label=attribute.name,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def axis_fields(self):
        return [self[name] for name in self.axes]

    def clean(self):
        data = super().clean() or self.cleaned_data
        if not self.chosen_axes(data):
            raise forms.ValidationError(
                _("Choose the options that there are variants of.")
            )
        return data

    def chosen_axes(self, data):
        """From attribute code to the options chosen, only axes that have some."""
        return {
            attribute.code: list(data[name])
            for name, attribute in self.axes.items()
            if data.get(name)
        }
