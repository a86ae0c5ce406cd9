from django.apps import AppConfig


class CmsPagesConfig(AppConfig):
    name = "cms_pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from cms_pages import receivers  # noqa: F401
