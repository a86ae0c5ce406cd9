from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.dashboard.orders import forms as oscar

from checkout.order.models import Line, Order
from checkout.order.selectors import placed_within
from checkout.order.statuses import LABELS


def _label(field):
    field.choices = [(code, LABELS.get(code, label)) for code, label in field.choices]


class OrderSearchForm(oscar.OrderSearchForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _label(self.fields["status"])


class OrderStatsForm(oscar.OrderStatsForm):
    def get_filters(self):
        """Lookups for the chosen days (Oscar 4.2 leaves out the last, or counts in the next midnight)."""
        chosen = self.cleaned_data
        return placed_within(chosen["date_from"], chosen["date_to"])


class OrderStatusForm(oscar.OrderStatusForm):
    def __init__(self, order, *args, **kwargs):
        super().__init__(order, *args, **kwargs)
        _label(self.fields["new_status"])


class OrderCancelForm(forms.Form):
    """How many pieces of each line to cancel, or everything that is left.

    ``expected_events`` tells whether the order is still as the form shows it.
    """

    expected_events = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, order: Order, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.left = order.quantities_to_cancel()
        self.lines = list(order.lines.filter(pk__in=self.left))
        self.fields["expected_events"].initial = order.num_events
        for line in self.lines:
            left = self.left[line.pk]
            self.fields[self._name(line)] = forms.IntegerField(
                label=line.title,
                min_value=0,
                max_value=left,
                initial=0,
                required=False,
                help_text=ngettext(
                    "%(count)d can be cancelled", "%(count)d can be cancelled", left
                )
                % {"count": left},
            )

    @staticmethod
    def _name(line: Line) -> str:
        return f"line_{line.pk}"

    def clean(self):
        data = super().clean() or {}
        if "everything" in self.data:
            data |= {self._name(line): self.left[line.pk] for line in self.lines}
        elif not self.errors and not any(data.get(self._name(x)) for x in self.lines):
            self.add_error(None, _("Enter how many articles to cancel."))
        return data

    def quantities(self) -> dict[Line, int]:
        """Return how many pieces of which lines to cancel."""
        chosen = {line: self.cleaned_data[self._name(line)] for line in self.lines}
        return {line: count for line, count in chosen.items() if count}
