from oscar.apps.dashboard.orders import forms as oscar

from checkout.order.statuses import LABELS


def _label(field):
    field.choices = [(code, LABELS.get(code, label)) for code, label in field.choices]


class OrderSearchForm(oscar.OrderSearchForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _label(self.fields["status"])


class OrderStatusForm(oscar.OrderStatusForm):
    def __init__(self, order, *args, **kwargs):
        super().__init__(order, *args, **kwargs)
        _label(self.fields["new_status"])
