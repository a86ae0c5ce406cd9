from django.core.management.base import BaseCommand, CommandError

from cms_pages.scheduling import ScheduledItem, scheduled_due, scheduled_run


class Command(BaseCommand):
    help = (
        "Put live and take off the pages and snippets whose time has come. Takes the "
        "place of Wagtail's command; the schedule “scheduled-pages” does the same."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dryrun", action="store_true", help="Only list what is due."
        )

    def handle(self, *args, **options):
        if options["dryrun"]:
            self._list(scheduled_due())
            return
        done, failed = scheduled_run()
        self._list(done)
        if failed:
            names = ", ".join(f"{item.action} {item.name}" for item in failed)
            raise CommandError(f"Failed, to be tried again: {names}")

    def _list(self, items: list[ScheduledItem]) -> None:
        for item in items:
            self.stdout.write(f"{item.due:%Y-%m-%d %H:%M} {item.action} {item.name}")
