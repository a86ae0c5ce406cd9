from django.apps import AppConfig


class ObservabilityConfig(AppConfig):
    name = "foundation.observability"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from foundation.observability import receivers  # noqa: F401
