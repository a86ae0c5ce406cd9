from django.apps import AppConfig


class ObservabilityConfig(AppConfig):
    name = "foundation.observability"
    default_auto_field = "django.db.models.BigAutoField"
