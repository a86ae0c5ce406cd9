import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.media.files import PRIVATE, PUBLIC, files_stored
from foundation.media.storage import (
    BucketStorage,
    DamagedError,
    FolderStorage,
    StorageError,
)

PARALLEL = 4
PROGRESS_SECONDS = 2


class Command(BaseCommand):
    help = (
        "Copy the files of MEDIA_ROOT and PRIVATE_ROOT into the configured buckets. Can be "
        "stopped and started again: what is there with the same checksum is left alone."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--media-root", type=Path, default=settings.MEDIA_ROOT)
        parser.add_argument("--private-root", type=Path, default=settings.PRIVATE_ROOT)

    def handle(self, *args, **options) -> None:
        folders = {
            PUBLIC: Path(options["media_root"]),
            PRIVATE: Path(options["private_root"]),
        }
        for alias, folder in folders.items():
            if not isinstance(storages[alias], BucketStorage):
                name = "MEDIA_BUCKET" if alias == PUBLIC else "PRIVATE_BUCKET"
                raise CommandError(f"{name} is not set: there is no bucket to copy to.")
            if not folder.is_dir():
                raise CommandError(f"{folder} is not a folder.")
        self.results: Counter[str] = Counter()
        try:
            for alias, folder in folders.items():
                self._copy(alias, folder)
        except (StorageError, OSError) as error:
            raise CommandError(
                f"{error} {self.results['copied']} files were copied before; "
                "run the command again for the others."
            ) from error
        results = self.results
        self.stdout.write(
            f"{results['copied']} copied, {results['there']} were there already, "
            f"{results['failed']} failed, {results['bytes']:,} bytes sent."
        )
        if results["failed"]:
            raise CommandError("Run the command again for those that failed.")

    def _copy(self, alias: str, folder: Path) -> None:
        """Stops where the store refuses: what it says of one file, it would say of a million."""
        bucket = cast("BucketStorage", storages[alias])
        source = FolderStorage(location=folder)
        shown = time.monotonic()
        with ThreadPoolExecutor(PARALLEL) as pool:
            names = files_stored(source)
            # So many at a time, not a future for each of a million files.
            while batch := list(islice(names, 200)):
                for result in pool.map(
                    lambda name: self._one(bucket, source, name), batch
                ):
                    self.results += result
                    if time.monotonic() - shown > PROGRESS_SECONDS:
                        shown = time.monotonic()
                        self._show(folder)
        self._show(folder)

    def _one(
        self, bucket: BucketStorage, source: FolderStorage, name: str
    ) -> Counter[str]:
        try:
            with source.open(name) as file:
                is_new = bucket.copy_in(name, file)
                return (
                    Counter(copied=1, bytes=file.size) if is_new else Counter(there=1)
                )
        except (OSError, DamagedError) as error:  # another program writes to it
            self.stderr.write(f"{name}: {error}")
            return Counter(failed=1)

    def _show(self, folder: Path) -> None:
        done = sum(self.results[word] for word in ("copied", "there", "failed"))
        sent = self.results["bytes"]
        self.stdout.write(f"{folder}: {done} files, {sent:,} bytes sent")
