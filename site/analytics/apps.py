from oscar.apps.analytics import apps


class AnalyticsConfig(apps.AnalyticsConfig):
    """Reports read from orders. Oscar's tables stay empty: its receivers are not connected.

    They count each product view by a write in the page's request
    (``oscar/apps/analytics/receivers.py``, 4.2): parallel first views answer 500.
    """

    name = "analytics"

    def ready(self):
        pass
