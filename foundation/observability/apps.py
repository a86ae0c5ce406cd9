import logging

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ObservabilityConfig(AppConfig):
    name = "foundation.observability"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        autodiscover_modules("metrics")
        from foundation.observability import (  # noqa: F401
            error_reports,
            outage,
            receivers,
        )

        logging.getLogger("django.request").addFilter(outage.OutageOnceASecond())
        error_reports.error_reports_start()
