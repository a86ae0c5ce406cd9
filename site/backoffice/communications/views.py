from typing import cast

from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.utils.translation import gettext as _
from oscar.apps.dashboard.communications import views as oscar

from checkout.communication.services import preview_mail_enqueue
from checkout.communication.texts import MailTextError
from checkout.mail import shop_values
from checkout.order.mails import order_mail_context
from foundation.accounts.models import User

VALUES = [
    "{{ user.get_full_name }}",
    "{{ user.email }}",
    "{{ shop_name }}",
    "{{ shop_url }}",
]
ORDER_VALUES = [
    "{{ order.number }}",
    "{{ summary.total.amount|money:summary.currency }}",
    "{% for line in summary.lines %}{{ line.quantity }} × {{ line.title }} {% endfor %}",
    "{% for line in cancelled %}{{ line.1 }} × {{ line.0 }} {% endfor %}",
    "{{ refund|money:order.currency }}",
    "{% for line in shipping_lines %}{{ line }} {% endfor %}",
    "{{ status_url }}",
]
"""What the page shows of the values that a text can use."""


class UpdateView(oscar.UpdateView):
    def get_context_data(self, **kwargs):
        values = VALUES + (ORDER_VALUES if self.object.is_order_related() else [])
        return super().get_context_data(values=values, **kwargs)

    def get_messages_context(self, form):
        """What the mail itself knows, about the order that was named."""
        order = form.get_preview_context().get("order")
        return {
            "user": self.request.user,
            "site": get_current_site(self.request),
            **shop_values(),
            **(order_mail_context(order=order) if order else {}),
        }

    def show_preview(self, form):
        return self._answer(form, drawn=self._draw(form))

    def send_preview(self, form):
        drawn = self._draw(form)
        if drawn is not None:
            preview_mail_enqueue(user=cast("User", self.request.user), messages=drawn)
            messages.success(
                self.request,
                _("The preview is on its way to %s.") % self.request.user.email,
            )
        return self._answer(form, drawn=None)

    def _draw(self, form):
        """The parts of the mail; None with an error in the form if a text cannot be drawn."""
        try:
            return form.save(commit=False).get_messages(self.get_messages_context(form))
        except MailTextError as error:
            form.add_error(None, str(error))
            return None

    def _answer(self, form, *, drawn):
        context = self.get_context_data(form=form)
        if drawn is not None:
            context |= {"show_preview": True, "preview": drawn}
        return self.render_to_response(context)
