"""When a server waits for the schema, and when it does not."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from foundation.observability import release
from storefront import preflight

ALL = {("core", "0001_initial"): "a", ("core", "0002_more"): "b"}


@pytest.fixture
def missing(monkeypatch):
    """What the database lacks, look by look; the last answer stays."""
    looks: list[set[release.Key]] = []

    def look() -> set[release.Key]:
        return looks.pop(0) if len(looks) > 1 else looks[0]

    monkeypatch.setattr(release, "migrations_missing", look)
    monkeypatch.setattr(release, "migrations_of_release", lambda: ALL)
    monkeypatch.setattr(preflight.time, "sleep", lambda seconds: None)
    return looks


@pytest.mark.parametrize("role", ["web", "worker", "beat"])
def test_schema_of_an_older_release_is_waited_for(role, missing, capsys):
    missing += [{("core", "0002_more")}, {("core", "0002_more")}, set()]

    preflight.schema_wait(role, 60)

    assert capsys.readouterr().err == (
        "Schema: 1 migrations are missing, the first is core.0002_more;"
        " /readyz/ says 503 until they are there.\n"
    )


def test_migration_that_never_comes_is_named(missing):
    missing.append({("core", "0002_more")})

    with pytest.raises(
        ImproperlyConfigured, match=r"core\.0002_more: run `manage.py migrate`"
    ):
        preflight.schema_wait("web", 0)


def test_web_starts_without_any_schema(missing, capsys):
    missing.append(set(ALL))

    preflight.schema_wait("web", 60)

    assert "2 migrations are missing" in capsys.readouterr().err


def test_worker_does_not_start_without_any_schema(missing):
    missing.append(set(ALL))

    with pytest.raises(ImproperlyConfigured, match="2 migrations are missing"):
        preflight.schema_wait("worker", 0)
