from datetime import timedelta
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from foundation.media.files import (
    PRIVATE,
    PUBLIC,
    LibraryFile,
    files_named,
    files_stored,
)
from foundation.media.storage import StorageError


class Command(BaseCommand):
    help = (
        "List the files that no row names (orphans), and those that a row names and that "
        "are not there (missing)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delete",
            action="store_true",
            help="delete the orphans that are old enough",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=7,
            help="delete only what was not touched for so many days (a file is stored "
            "before its row is committed)",
        )

    def handle(self, *args, **options) -> None:
        if options["days"] < 0:
            raise CommandError("--days: at least 0.")
        try:
            self._report(options)
        except (StorageError, OSError) as error:
            raise CommandError(str(error)) from error

    def _report(self, options: dict[str, Any]) -> None:
        named = set(files_named())
        stored = {
            LibraryFile(alias, name)
            for alias in (PUBLIC, PRIVATE)
            for name in files_stored(storages[alias])
        }
        orphans, missing = sorted(stored - named), sorted(named - stored)
        for file in orphans:
            self.stdout.write(f"orphan   {file.storage}  {file.name}")
        for file in missing:
            self.stdout.write(f"missing  {file.storage}  {file.name}")
        deleted = self._delete(orphans, options["days"]) if options["delete"] else 0
        self.stdout.write(
            f"{len(stored)} files: {len(orphans)} orphans, {len(missing)} missing, "
            f"{deleted} deleted."
        )

    def _delete(self, orphans: list[LibraryFile], days: int) -> int:
        before = timezone.now() - timedelta(days=days)
        old = [
            file
            for file in orphans
            if storages[file.storage].get_modified_time(file.name) < before
        ]
        for file in old:
            storages[file.storage].delete(file.name)
        return len(old)
