from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "foundation.media"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from foundation.media import receivers  # noqa: F401
