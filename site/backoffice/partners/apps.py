from oscar.apps.dashboard.partners import apps


class PartnersDashboardConfig(apps.PartnersDashboardConfig):
    """Partners are warehouses: people have roles, and none belongs to a partner (ADR 17)."""

    name = "backoffice.partners"

    def get_urls(self):
        return [
            url for url in super().get_urls() if not url.name.startswith("partner-user")
        ]
