from django.apps import AppConfig
from django.core.checks import Tags, register


class AccountsConfig(AppConfig):
    name = "foundation.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from foundation.accounts.checks import email_addresses_check

        register(email_addresses_check, Tags.database)
