from oscar.apps.dashboard.orders import forms as oscar

from checkout.order.statuses import LABELS


def _labelled(choices):
    return [(code, LABELS.get(code, label)) for code, label in choices]


class OrderSearchForm(oscar.OrderSearchForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = _labelled(self.fields["status"].choices)


class OrderStatusForm(oscar.OrderStatusForm):
    def __init__(self, order, *args, **kwargs):
        super().__init__(order, *args, **kwargs)
        self.fields["new_status"].choices = _labelled(self.fields["new_status"].choices)
