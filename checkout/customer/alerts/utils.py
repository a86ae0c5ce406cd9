from oscar.apps.customer.alerts.utils import AlertsDispatcher as OscarAlertsDispatcher

from checkout.customer.alerts.services import alerts_send


class AlertsDispatcher(OscarAlertsDispatcher):
    """Oscar's command ``oscar_send_alerts`` ends up here: its rules are the shop's."""

    def send_alerts(self):
        alerts_send()

    def send_product_alert_email_for_user(self, product):
        alerts_send()
