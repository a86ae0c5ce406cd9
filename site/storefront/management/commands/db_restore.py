from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from foundation.media.storage import StorageError
from storefront.backups.archive import BackupError
from storefront.backups.services import backup_find, backup_restore
from storefront.backups.stores import backup_store


class Command(BaseCommand):
    help = (
        "Put database and files of a backup back. Compares every checksum before anything is "
        "touched; the database changes as a whole or not at all. Stop web and workers first."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", nargs="?", default="latest", help="such as 20261122T021500Z"
        )
        parser.add_argument(
            "--force", action="store_true", help="replace a database that is not empty"
        )
        parser.add_argument(
            "--no-input", action="store_true", help="don't ask; for scripts"
        )

    def handle(self, *args, **options) -> None:
        store = backup_store()
        try:
            manifest = backup_find(store=store, name=options["name"])
            self._confirm(manifest.name, asked=not options["no_input"])
            written = backup_restore(
                store=store, manifest=manifest, force=options["force"]
            )
        except (BackupError, StorageError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Backup {manifest.name} is back: {len(manifest.rows)} tables, "
            f"{sum(manifest.rows.values()):,} rows, {manifest.file_count} files "
            f"({written} of them written)"
        )

    def _confirm(self, name: str, *, asked: bool) -> None:
        database = connection.settings_dict["NAME"]
        question = f"Put backup {name} into the database {database}? Type its name: "
        try:
            if asked and input(question) != database:
                raise CommandError("Nothing was changed.")
        except EOFError:
            raise CommandError("Nobody answered; --no-input does not ask.") from None
