"""Django's ``migrate``, of which one at a time works on a database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connections

LOCK = 0x5709EF407  # any number that nobody else takes
"""Key of PostgreSQL's advisory lock."""


class Command(DjangoCommand):
    """Two releases or two jobs that start together: the second waits and finds nothing to do."""

    def handle(self, *args, **options):
        if options["check_unapplied"] or options["plan"]:
            return super().handle(*args, **options)
        with migrating_alone(options["database"]):
            return super().handle(*args, **options)


@contextmanager
def migrating_alone(database: str) -> Iterator[None]:
    """Hold the lock on a connection of its own, which no migration closes or rolls back."""
    lock = connections[database].copy()
    try:
        with lock.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield
    finally:
        lock.close()
