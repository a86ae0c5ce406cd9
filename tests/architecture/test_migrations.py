"""Old code must run on the new schema: a release is rolled out pod by pod, and may be undone.

docs/howto/upgrade.md says how a column goes: expand, deploy, contract. (django-migration-linter 6.0 asks `sqlmigrate`
for each migration alone, which fails on Oscar's graph of migrations.)
"""

from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

FORKS = {"catalogue", "checkout"}
ROOTS = {*FORKS, "cms_pages", "foundation", "storefront"}
LOADER = MigrationLoader(None)

# Migrations in which something is found that is meant to be so, with the reason.
FIRST = "made before the first release: there is no older code"
MEANT: dict[tuple[str, str], str] = {
    ("catalogue", "1001_library_images"): FIRST,
    ("cms_pages", "0002_url_path_index"): FIRST,
    ("core", "0002_job_leases"): FIRST,
    ("customer", "1001_back_in_stock"): FIRST,
    ("media", "0002_document_storage"): FIRST,
    ("order", "1002_guest_email"): FIRST,
    ("order", "1003_cancellation"): FIRST,
    ("partner", "1002_prices"): FIRST,
    ("partner", "1003_price_guard"): FIRST,
}


def our_migrations() -> dict[tuple[str, str], migrations.Migration]:
    """By app and name; what a fork copies from Oscar starts with a nought."""
    return {
        (app, name): migration
        for (app, name), migration in LOADER.disk_migrations.items()
        if (root := migration.__module__.split(".")[0]) in ROOTS
        and not (root in FORKS and name.startswith("0"))
    }


def in_database(operations: list[Operation]) -> Iterator[Operation]:
    """Those that change the database, also inside of others."""
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from in_database(operation.database_operations)
        else:
            yield operation


def faults(operations: list[Operation]) -> Iterator[str]:
    """What would break the release before, or hold up its writes, in words."""
    made: set[str] = set()  # what no older code knows may be anything
    for operation in in_database(operations):
        subject = getattr(operation, "model_name", getattr(operation, "name", ""))
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name.lower())
        elif str(subject).lower() not in made:
            yield from taken_away(operation, subject)
            yield from demanded(operation, subject)
            yield from unjudged(operation)


def taken_away(operation: Operation, subject: str) -> Iterator[str]:
    match operation:
        case migrations.RemoveField() | migrations.DeleteModel():
            yield f"removes {operation.name} of {subject}, which older code reads"
        case migrations.RenameField() | migrations.RenameModel():
            yield f"renames something of {subject or operation.old_name}"
        case migrations.AlterModelTable():
            yield f"renames the table of {subject}"


def demanded(operation: Operation, subject: str) -> Iterator[str]:
    match operation:
        case migrations.AddField() if needs_a_value(operation.field):
            yield (
                f"adds {operation.name} to {subject}, which older code does not fill: "
                "null=True or db_default"
            )
        case migrations.AlterField():
            yield f"alters {operation.name} of {subject}"
        case migrations.AddConstraint() | migrations.AlterUniqueTogether():
            yield f"constrains {subject}, which older code may break"
        case migrations.AddIndex() if not isinstance(operation, AddIndexConcurrently):
            yield f"locks {subject} while an index is made: AddIndexConcurrently"


def unjudged(operation: Operation) -> Iterator[str]:
    match operation:
        case migrations.RunSQL() | migrations.RunPython() if not operation.reversible:
            yield "runs what can't be undone"
        case migrations.RunSQL():
            yield "runs SQL, which no program can judge"


def needs_a_value(field: models.Field) -> bool:
    return not (
        field.null or field.many_to_many or field.db_default is not NOT_PROVIDED
    )


def test_migrations_leave_room_for_the_release_before() -> None:
    found = {
        key: list(faults(migration.operations))
        for key, migration in our_migrations().items()
    }

    assert len(found) >= 15
    assert {key: each for key, each in found.items() if each and key not in MEANT} == {}
    assert [key for key in MEANT if not found.get(key)] == [], "no longer needed"


NAME = models.CharField(max_length=9)


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (migrations.RemoveField("Thing", "name"), "removes name of Thing"),
        (migrations.DeleteModel("Thing"), "removes Thing"),
        (migrations.RenameField("Thing", "name", "title"), "renames something of Thing"),
        (migrations.RenameModel("Thing", "Part"), "renames something of Thing"),
        (migrations.AddField("Thing", "name", NAME), "which older code does not fill"),
        (migrations.AlterField("Thing", "name", NAME), "alters name of Thing"),
        (migrations.AddIndex("Thing", models.Index(fields=["name"], name="i")), "locks Thing"),
        (migrations.RunSQL("SELECT 1"), "can't be undone"),
        (migrations.RunPython(lambda apps, editor: None), "can't be undone"),
        (migrations.RunSQL("SELECT 1", "SELECT 2"), "no program can judge"),
    ],
)  # fmt: skip
def test_what_would_break_the_release_before_is_found(
    operation: Operation, says: str
) -> None:
    inside = migrations.SeparateDatabaseAndState(database_operations=[operation])

    assert [says in fault for fault in faults([operation])] == [True]
    assert [says in fault for fault in faults([inside])] == [True]


def test_what_leaves_room_passes() -> None:
    assert not list(
        faults(
            [
                migrations.CreateModel(
                    "New", [("id", models.AutoField(primary_key=True))]
                ),
                migrations.AddField("New", "name", NAME),
                migrations.AddField("Thing", "a", models.CharField(null=True)),
                migrations.AddField("Thing", "b", models.CharField(db_default="")),
                migrations.RunPython(
                    migrations.RunPython.noop, migrations.RunPython.noop
                ),
            ]
        )
    )
