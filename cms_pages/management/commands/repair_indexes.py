from math import inf

from django.core.management.base import BaseCommand, CommandError

from catalogue.search.repair import Position, entries_repair
from cms_pages.references import references_repair


class Command(BaseCommand):
    help = (
        "Compare the search index and the index of references with the tables and put "
        "them right. The schedules do the same at night; this does not stop in between."
    )

    def handle(self, *args, **options):
        failed = 0
        for name, repair in (
            ("Search index", entries_repair),
            ("References", references_repair),
        ):
            counts, _rest = repair(seconds=inf, progress=self._progress)
            self.stdout.write(f"{name}: {counts}.")
            failed += counts.failed
        if failed:
            raise CommandError(f"{failed} objects could not be indexed, see the log.")

    def _progress(self, position: Position) -> None:
        self.stdout.write(f"  {position.model} up to {position.after}")
