from oscar.apps.analytics import apps


class AnalyticsConfig(apps.AnalyticsConfig):
    """Oscar's analytics tables without its receivers.

    Oscar 4.2 counts each product view by a write in the page's request
    (``oscar/apps/analytics/receivers.py``): parallel first views answer 500.
    """

    name = "analytics"

    def ready(self):
        pass
