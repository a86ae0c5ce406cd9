from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from storefront.seed.logins import demo_logins


class Command(BaseCommand):
    help = "Shows the log-ins of the demo shop."

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("This is no demo: nobody keeps its passwords.")
        for login in demo_logins():
            self.stdout.write(
                f"  {login.email:28}{login.password:14}{login.role or 'Customer'}"
            )
