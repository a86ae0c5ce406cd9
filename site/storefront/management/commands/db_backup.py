from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.media.storage import StorageError
from storefront.backups.archive import BackupError
from storefront.backups.postgres import alone
from storefront.backups.services import backup_make, backups_expire
from storefront.backups.stores import backup_store


class Command(BaseCommand):
    help = (
        "Copy the database and all files into BACKUP_BUCKET, else into the folder BACKUP_ROOT, "
        "with checksums; then delete backups that are too old."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=settings.BACKUP_DAYS,
            help="keep backups for so many days (BACKUP_DAYS); the newest is always kept",
        )

    def handle(self, *args, **options) -> None:
        if options["days"] < 1:
            raise CommandError("--days: at least 1.")
        store = backup_store()
        try:
            with alone():
                manifest = backup_make(store=store, report=self.stdout.write)
                expired = backups_expire(store=store, days=options["days"])
        except (BackupError, StorageError) as error:
            raise CommandError(str(error)) from error
        for name in expired:
            self.stdout.write(f"Deleted, older than {options['days']} days: {name}")
        self.stdout.write(f"Backup {manifest.name} is complete in {store}")
