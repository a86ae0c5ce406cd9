"""`db_backup` and `db_restore`: back comes what was there, or nothing changes and one line says why."""

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
import yaml
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from psycopg import sql

from storefront.backups import archive, postgres, services
from storefront.backups.stores import BucketStore, FolderStore, backup_store
from storefront.management.commands import db_backup
from storefront.settings import env as settings_env
from tests.object_store import ObjectStore, find_weed, object_store_running

MEDIA = {"boat.png": b"a boat", "deep/er/sea.png": b"a sea"}
DOCUMENT = ("invoice.pdf", b"%PDF secret")


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.BACKUP_BUCKET = ""
    settings.BACKUP_ROOT = tmp_path / "backups"
    return settings.BACKUP_ROOT


@pytest.fixture
def media(tmp_path: Path, settings) -> dict[str, Path]:
    """Folders of files of their own, with some files in them."""
    folders = {"default": tmp_path / "media", "private": tmp_path / "private"}
    settings.STORAGES = settings.STORAGES | {
        alias: {
            "BACKEND": "foundation.media.storage.FolderStorage",
            "OPTIONS": {"location": path},
        }
        for alias, path in folders.items()
    }
    files_fill()
    return folders


def files_fill() -> dict[tuple[str, str], bytes]:
    """Put the files into the storages; content by alias and the name it got."""
    contents = {}
    for name, content in MEDIA.items():
        contents["default", storages["default"].save(name, ContentFile(content))] = (
            content
        )
    name, content = DOCUMENT
    contents["private", storages["private"].save(name, ContentFile(content))] = content
    return contents


def files_read(folders: dict[str, Path]) -> dict[str, bytes]:
    return {
        f"{alias}/{path.relative_to(folder)}": path.read_bytes()
        for alias, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file()
    }


def checksums() -> dict[str, tuple[int, str]]:
    """Rows and a checksum over all of them, for every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in postgres.tables():
            statement = "SELECT count(*), md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM public.{} r"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(table)))
            found[table] = cursor.fetchone()
    return found


def sequences() -> dict[str, int | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
        return dict(cursor.fetchall())


def definitions() -> list[tuple]:
    """Every table, column, index, constraint and extension with its kind."""
    statement = """
        SELECT 'relation', relname::text, relkind::text FROM pg_class
          WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'column', attrelid::regclass || '.' || attname,
          format_type(atttypid, atttypmod) || attnotnull FROM pg_attribute
          JOIN pg_class ON pg_class.oid = attrelid
          WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
          AND NOT attisdropped
        UNION ALL SELECT 'constraint', conname::text, contype::text FROM pg_constraint
          WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'extension', extname::text, extversion FROM pg_extension
        UNION ALL SELECT 'schema', nspname::text, obj_description(oid) FROM pg_namespace
          WHERE nspname = 'public'
        ORDER BY 1, 2, 3
    """
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@contextmanager
def other_connection(database: str = "") -> Iterator[psycopg.Connection]:
    """A session beside Django's, outside any transaction until one is begun."""
    parameters = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    chosen = {key: parameters[key] for key in keys if parameters.get(key)}
    chosen |= {"dbname": database} if database else {}
    with psycopg.connect(**chosen, autocommit=True) as session:
        yield session


def database_make(name: str) -> None:
    """The database, anew and empty, as after a loss."""
    connections.close_all()
    with other_connection("postgres") as server:
        identifier = sql.Identifier(name)
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier)
        )
        server.execute(sql.SQL("CREATE DATABASE {}").format(identifier))


def empty_database() -> None:
    database_make(connection.settings_dict["NAME"])


@pytest.fixture
def small_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database of two tables, quick to dump; Django's connection leads to it."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_small"
    with django_db_blocker.unblock():
        database_make(name)
        connections.settings["default"]["NAME"] = name
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE thing (id serial PRIMARY KEY, name text)")
            cursor.execute(
                "INSERT INTO thing (name) SELECT 'no ' || n FROM generate_series(1, 500) n"
            )
            cursor.execute("CREATE TABLE part (thing int REFERENCES thing, said text)")
            cursor.execute("INSERT INTO part VALUES (1, 'one'), (2, NULL)")
        yield
        connections.close_all()
        connections.settings["default"]["NAME"] = before
        with other_connection("postgres") as server:
            server.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def backup(**options) -> str:
    output = io.StringIO()
    call_command("db_backup", stdout=output, **options)
    return archive.backup_names(backup_store())[-1]


def restore(*arguments: str, **options) -> str:
    output = io.StringIO()
    options = {"no_input": True, "stdout": output} | options
    call_command("db_restore", *arguments, **options)
    return output.getvalue()


def change_something() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM part")
        cursor.execute("UPDATE thing SET name = 'changed'")


@pytest.fixture
def refused(folder: Path, media) -> Iterator[Callable[..., str]]:
    """Runs a restore that must fail, and proves that nothing was touched."""
    before, files = checksums(), files_read(media)

    def run(*arguments: str, **options) -> str:
        with pytest.raises(CommandError) as raised:
            restore(*arguments, **options)
        assert checksums() == before
        assert files_read(media) == files
        assert "\n" not in str(raised.value)
        return str(raised.value)

    return run


# --- There and back ---------------------------------------------------------------


def test_after_a_loss_everything_is_back(demo_db, folder: Path, media) -> None:
    rows, numbers, defined = checksums(), sequences(), definitions()
    files = files_read(media)
    backup()
    empty_database()
    for path in media.values():
        for file in list(path.rglob("*.*")):
            file.unlink()

    said = restore()

    assert sum(count for count, _ in rows.values()) > 1000
    assert checksums() == rows
    assert sequences() == numbers
    assert definitions() == defined
    assert files_read(media) == files
    assert "3 of them written" in said
    product = "SELECT '/catalogue/' || slug || '_' || id || '/' FROM catalogue_product WHERE structure = 'standalone'"
    with connection.cursor() as cursor:
        cursor.execute(product)
        (address,) = cursor.fetchone()
    for path in ("/", address, "/search/?q=lamp"):
        assert Client().get(path).status_code == 200, path


def test_what_was_added_later_is_gone_after_a_forced_restore(
    small_db, folder: Path, media
) -> None:
    rows = checksums()
    name = backup()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE added_later (id int)")
    change_something()

    restore(name, force=True)
    backup()  # what was restored can be backed up and restored again
    restore(force=True)

    assert checksums() == rows


def test_a_damaged_file_is_put_right(small_db, folder: Path, media) -> None:
    files = files_read(media)
    backup()
    (media["default"] / next(iter(media["default"].glob("boat*"))).name).write_bytes(
        b"?"
    )

    restore(force=True)

    assert files_read(media) == files


@pytest.mark.slow  # half a minute, most of it the store's
@pytest.mark.skipif(not find_weed(), reason="no SeaweedFS (`weed`) on PATH")
def test_buckets_are_backed_up_into_a_bucket(
    small_db, folder: Path, settings, tmp_path: Path
) -> None:
    with object_store_running() as store:
        use_buckets(store, settings)
        contents = files_fill()
        rows = checksums()
        backup()
        empty_database()
        for alias, name in contents:
            storages[alias].delete(name)

        restore()

        picture = storages["default"].bucket.Object(next(iter(contents))[1])
        assert picture.content_type == "image/png"
        assert "immutable" in picture.cache_control
        assert isinstance(backup_store(), BucketStore)
        assert checksums() == rows
        assert {
            (alias, name): storages[alias].open(name).read() for alias, name in contents
        } == contents


@pytest.mark.slow
@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_make_brings_the_whole_shop_back(
    demo_db, folder: Path, settings, tmp_path: Path, place: str
) -> None:
    """`make db-backup` and `make db-restore` as an operator types them."""
    if place == "bucket" and not find_weed():
        pytest.skip("no SeaweedFS (`weed`) on PATH")
    media = {"default": tmp_path / "media", "private": tmp_path / "private"}
    for path in media.values():
        path.mkdir()
    for name, content in MEDIA.items():
        (media["default"] / Path(name).name).write_bytes(content)
    (media["private"] / DOCUMENT[0]).write_bytes(DOCUMENT[1])
    environment = shop_environment(folder, media)
    rows, files = checksums(), files_read(media)

    with ExitStack() as stack:
        if place == "bucket":
            store = stack.enter_context(object_store_running())
            store.bucket_make("backups", is_public=False)
            key, secret = store.identities["shop"]
            environment |= {
                "BACKUP_BUCKET": "backups",
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_S3_ENDPOINT_URL": store.url,
            }
        said = make("db-backup", environment)
        empty_database()
        for path in media.values():
            shutil.rmtree(path)
            path.mkdir()
        again = make("db-restore", environment, "ARGS=--no-input")
        if place == "bucket":
            wrong = environment | {"AWS_SECRET_ACCESS_KEY": "wrong"}
            refused = make("db-backup", wrong, ends_well=False)
            assert (
                "CommandError: The file store (bucket backups) can't be used" in refused
            )
            assert "Traceback" not in refused

    assert "is complete in" in said
    assert "3 files (3 of them written)" in again
    assert checksums() == rows
    assert files_read(media) == files
    assert Client().get("/").status_code == 200


@pytest.mark.slow
@pytest.mark.skipif(not find_weed(), reason="no SeaweedFS (`weed`) on PATH")
def test_backup_of_swarm_comes_back_from_its_bucket(demo_db, tmp_path: Path) -> None:
    """By the service's own command, with production's settings."""
    stack = yaml.safe_load((settings_env.ROOT / "docker-compose.prod.yml").read_text())
    command = stack["services"]["backup"]["command"]
    (tmp_path / "sleep").write_text('#!/bin/sh\necho "sleeps $1"\n')
    (tmp_path / "sleep").chmod(0o755)
    static = tmp_path / "static"
    static.mkdir()
    (static / "staticfiles.json").write_text('{"version": "1.1", "paths": {"a": "a"}}')
    rows = checksums()

    def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        connections.close_all()
        return subprocess.run(
            command, cwd=settings_env.ROOT, env=environment | variables,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    with object_store_running() as store:
        for name in ("media", "private", "backups"):
            store.bucket_make(name, is_public=False)
        store.client().put_object(Bucket="media", Key="boat.png", Body=b"a boat")
        environment = shop_environment(
            tmp_path, {"default": tmp_path, "private": tmp_path}
        )
        environment |= store.variables() | {
            "DJANGO_SETTINGS_MODULE": "storefront.settings.production",
            "PATH": f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": f"{settings_env.ROOT}/site:{settings_env.ROOT}",
            "RUN_DIR": str(tmp_path / "run"),
            "SECRET_KEY": "a key of this test",
            "STATIC_ROOT": str(static),
        }
        made = run(*command)
        without_bucket = run(*command, BACKUP_BUCKET="missing")
        without_key = run(*command, AWS_SECRET_ACCESS_KEY="wrong")
        empty_database()
        store.client().delete_object(Bucket="media", Key="boat.png")
        back = run(sys.executable, "manage.py", "db_restore", "--no-input")

        assert made.returncode == 0, made.stderr
        *_, complete, slept = made.stdout.splitlines()
        assert complete.endswith(" is complete in s3://backups")
        assert slept == "sleeps 86400"
        for failed, bucket in ((without_bucket, "missing"), (without_key, "backups")):
            assert failed.returncode != 0
            assert f"The file store (bucket {bucket}) can't be used" in failed.stderr
            assert "Traceback" not in failed.stderr
            assert "sleeps" not in failed.stdout
        assert back.returncode == 0, back.stderr
        file = store.client().get_object(Bucket="media", Key="boat.png")
        assert file["Body"].read() == b"a boat"
        assert checksums() == rows


def make(
    target: str, environment: dict[str, str], *more: str, ends_well: bool = True
) -> str:
    ours = (
        "ARGS",
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
    )  # of the make that runs the tests
    done = subprocess.run(
        ["make", target, *more],
        cwd=settings_env.ROOT,
        env={name: environment[name] for name in environment if name not in ours},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == ends_well, done.stdout
    return done.stdout


def use_buckets(store: ObjectStore, settings) -> None:
    for name in ("media", "private", "backups"):
        store.bucket_make(name, is_public=False)
    key, secret = store.identities["shop"]
    settings.S3_OPTIONS = settings.S3_OPTIONS | {
        "access_key": key,
        "secret_key": secret,
        "endpoint_url": store.url,
        "region_name": "us-east-1",
    }
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "foundation.media.storage.PublicBucketStorage",
            "OPTIONS": settings.S3_OPTIONS | {"bucket_name": "media"},
        },
        "private": {
            "BACKEND": "foundation.media.storage.PrivateBucketStorage",
            "OPTIONS": settings.S3_OPTIONS | {"bucket_name": "private"},
        },
    }
    settings.BACKUP_BUCKET = "backups"


# --- Refusals: one clear line, nothing touched -------------------------------------


def test_a_database_that_is_not_empty_is_left_alone(small_db, refused) -> None:
    backup()

    assert "is not empty. --force" in refused()


@pytest.mark.parametrize("part", ["dump", "files"])
def test_a_damaged_backup_is_found_before_anything_is_touched(
    small_db, folder: Path, refused, part: str
) -> None:
    name = backup()
    path = folder / "sets" / f"{name}.{part}"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

    assert f"{name}.{part} is damaged" in refused(force=True)


def test_a_file_that_is_missing_in_the_backup_is_named(
    small_db, folder: Path, refused
) -> None:
    backup()
    lost = next((folder / "files/private").iterdir())
    lost.unlink()

    assert f"{lost} is missing." in refused(force=True)


@pytest.mark.parametrize("part", ["dump", "files"])
def test_a_part_that_is_missing_is_named(
    small_db, folder: Path, refused, part: str
) -> None:
    name = backup()
    path = folder / "sets" / f"{name}.{part}"
    path.unlink()

    assert refused(force=True) == f"{path} is missing."


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}', '{"more": 1}'])
def test_a_manifest_that_is_none_is_named(small_db, folder, refused, text) -> None:
    name = backup()
    (folder / "sets" / f"{name}.json").write_text(text)

    assert f"sets/{name}.json is damaged" in refused(force=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dump: dump[:5] + b"\x09" + dump[6:], "unsupported version (9."),
        (lambda dump: b"SELECT 1;", "too short"),
        (lambda dump: dump[: len(dump) // 2], "could not read"),
    ],
    ids=["of a later pg_dump", "of another format", "cut off"],
)
def test_a_dump_that_can_not_be_read_changes_nothing(
    small_db, folder: Path, refused, change, words: str
) -> None:
    name = backup()
    dump, manifest = (folder / "sets" / f"{name}.{part}" for part in ("dump", "json"))
    content = dump.read_bytes()
    dump.write_bytes(change(content))
    before, after = (sha256(each).hexdigest() for each in (content, change(content)))
    manifest.write_text(manifest.read_text().replace(before, after))

    assert words in refused(force=True)


def test_files_that_can_not_be_put_back_leave_the_database_alone(
    small_db, folder: Path, media
) -> None:
    backup()
    change_something()
    before = checksums()
    shutil.rmtree(media["private"])
    media["private"].touch()  # no folder

    with pytest.raises(CommandError, match="private") as raised:
        restore(force=True)

    assert checksums() == before
    assert "\n" not in str(raised.value)


def test_a_backup_that_does_not_exist_is_named(small_db, folder, refused) -> None:
    assert "There is no backup in" in refused()
    name = backup()
    assert f"the newest is {name}" in refused("20200101T000000Z")


def test_wrong_numbers_of_rows_undo_everything(small_db, folder, refused) -> None:
    name = backup()
    path = folder / "sets" / f"{name}.json"
    path.write_text(path.read_text().replace('"thing": 500', '"thing": 501'))

    assert "table thing has another number of rows" in refused(force=True)


def test_someone_who_holds_a_table_is_named_after_a_while(
    small_db, folder, refused, monkeypatch
) -> None:
    backup()
    monkeypatch.setattr(postgres, "BEGIN", postgres.BEGIN.replace("'30s'", "'300ms'"))
    with other_connection() as other, other.transaction():
        other.execute("SELECT 1 FROM thing")  # a page that is being made

        assert "lock timeout" in refused(force=True)


def test_another_answer_than_the_databases_name_changes_nothing(
    small_db, folder, refused, monkeypatch
) -> None:
    backup()
    monkeypatch.setattr("builtins.input", lambda question: "another")

    assert refused(force=True, no_input=False) == "Nothing was changed."


def test_where_nobody_can_answer_nothing_changes(
    small_db, folder, refused, monkeypatch
) -> None:
    backup()
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert "Nobody answered" in refused(force=True, no_input=False)


# --- Making them -------------------------------------------------------------------


def test_a_second_backup_copies_only_new_files(small_db, folder: Path, media) -> None:
    backup()
    before = {path: path.stat().st_mtime_ns for path in (folder / "files").rglob("*.*")}
    storages["default"].save("new.png", ContentFile(b"new"))
    make_older(folder)

    backup()

    after = {path: path.stat().st_mtime_ns for path in (folder / "files").rglob("*.*")}
    assert len(before) == 3
    assert before.items() < after.items()
    assert {path.name.split(".")[0] for path in after.keys() - before.keys()} == {"new"}


def test_sha256sum_agrees(small_db, folder: Path, media) -> None:
    name = backup()

    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", f"sets/{name}.files"],
        cwd=folder,
        check=False,
    )

    assert checked.returncode == 0
    assert len(archive.file_list_read(FolderStore(folder), name)) == 3


def test_old_backups_go_with_the_files_that_only_they_have(
    small_db, folder: Path, media
) -> None:
    old = backup()
    make_older(folder, days=20)
    old = archive.backup_names(FolderStore(folder))[0]
    (folder / "sets" / "20200101T000000Z.dump").write_bytes(b"of a killed run")
    for path in media["default"].glob("boat*"):
        path.unlink()

    new = backup(days=14)

    assert archive.backup_names(FolderStore(folder)) == [new]
    assert {path.name for path in (folder / "sets").iterdir()} == {
        f"{new}.dump",
        f"{new}.files",
        f"{new}.json",
    }
    names = {path.name.split(".")[0] for path in (folder / "files").rglob("*.*")}
    assert names == {"sea", "invoice"}
    assert old != new


def test_what_somebody_else_put_beside_backups_is_neither_read_nor_deleted(
    small_db, folder: Path, media
) -> None:
    backup()
    make_older(folder, days=20)
    foreign = [
        folder / "sets" / name
        for name in ("notes.json", "20200101-by-hand.dump", "old/20200101T000000Z.json")
    ]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_text("of somebody else")

    new = backup(days=14)

    assert archive.backup_names(FolderStore(folder)) == [new]
    assert new in restore(force=True)
    assert all(path.read_text() == "of somebody else" for path in foreign)


def test_files_of_odd_names_come_back(small_db, folder: Path, media) -> None:
    names = (
        "two words",
        "Übergröße",
        "a\u2028b",
        "a\x85b",
        "a\\b",
        os.fsdecode(b"\xff"),
    )
    for name in names:
        (media["default"] / f"{name}.png").write_bytes(b"content")
    files = files_read(media)
    backup()
    shutil.rmtree(media["default"])

    restore(force=True)

    assert len(files) == 3 + len(names)
    assert files_read(media) == files


def test_file_that_no_list_can_name_is_named(small_db, folder: Path, media) -> None:
    (media["default"] / "two\nlines.png").write_bytes(b"content")

    with pytest.raises(CommandError, match=r"two\\nlines\.png' has a line break"):
        backup()

    assert archive.backup_names(FolderStore(folder)) == []


def test_a_restore_that_is_killed_in_the_middle_changes_nothing(
    small_db, folder: Path, media, tmp_path: Path
) -> None:
    backup()
    change_something()
    before = checksums()
    connection.close()
    program = tmp_path / "bin" / "pg_restore"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'CREATE TABLE half (id int);'\nexec sleep 3\n")
    program.chmod(0o755)
    killed = subprocess.Popen(
        [sys.executable, "manage.py", "db_restore", "--force", "--no-input"],
        cwd=settings_env.ROOT,
        env=shop_environment(folder, media)
        | {"PATH": f"{program.parent}:{os.environ['PATH']}"},
    )
    with other_connection() as other:
        statement = (
            "SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'psql' AND state = 'idle in transaction'"
        )
        while not other.execute(statement).fetchall():
            assert killed.poll() is None
            time.sleep(0.05)
    killed.kill()
    killed.wait()

    assert checksums() == before


def test_the_newest_backup_stays_however_old_it_is(small_db, folder, media) -> None:
    from storefront.backups.services import backups_expire

    backup()
    make_older(folder, days=400)

    assert backups_expire(store=FolderStore(folder), days=14) == []
    assert len(archive.backup_names(FolderStore(folder))) == 1


def make_older(folder: Path, days: int = 1) -> None:
    """Give all backups the name and time of an earlier day."""
    store = FolderStore(folder)
    for name in archive.backup_names(store):
        manifest = archive.manifest_read(store, name)
        at = manifest.at - timedelta(days=days)
        earlier = f"{at:%Y%m%dT%H%M%SZ}"
        for part in ("dump", "files", "json"):
            path = folder / "sets" / f"{name}.{part}"
            text = path.read_bytes().replace(name.encode(), earlier.encode())
            text = text.replace(manifest.made_at.encode(), at.isoformat().encode())
            path.unlink()
            path.with_name(f"{earlier}.{part}").write_bytes(text)


def test_two_backups_at_once_are_refused(small_db, folder: Path, media) -> None:
    with other_connection() as other:
        other.execute("SELECT pg_advisory_lock(hashtext('backup'))")

        with pytest.raises(CommandError, match="Another backup of this database"):
            backup()


def test_an_unreachable_database_is_named_in_one_line(
    small_db, folder, media, monkeypatch
) -> None:
    connections.close_all()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "PORT", "1")
        with pytest.raises(CommandError, match=r"The database can't be read") as raised:
            backup()

    assert "port 1" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not (folder / "sets").exists()


def test_a_folder_that_cannot_be_written_is_named(
    small_db, media, settings, tmp_path
) -> None:
    (tmp_path / "file").touch()
    settings.BACKUP_ROOT = tmp_path / "file" / "below"

    with pytest.raises(CommandError, match=r"file/below.*: Not a directory"):
        backup()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a quarter of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_named_and_leaves_no_half_backup(
    small_db, media, settings, small_disk: Path
) -> None:
    settings.BACKUP_ROOT = small_disk
    kept = backup()
    make_older(small_disk)
    (kept,) = archive.backup_names(FolderStore(small_disk))
    storages["default"].save("large.bin", ContentFile(b"x" * 300_000))

    with pytest.raises(CommandError, match=r"large.*: No space left on device"):
        backup()

    assert archive.backup_names(FolderStore(small_disk)) == [kept]
    assert not list(small_disk.rglob("*.part"))
    assert kept in restore(force=True)


def test_what_a_killed_backup_left_is_no_backup_and_goes_with_the_next_one(
    small_db, folder: Path, media, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nhead -c 100000 /dev/zero\nexec sleep 60\n")
    program.chmod(0o755)
    killed = subprocess.Popen(
        [sys.executable, "manage.py", "db_backup"],
        cwd=settings_env.ROOT,
        env=shop_environment(folder, media)
        | {"PATH": f"{program.parent}:{os.environ['PATH']}"},
    )
    while not list(folder.rglob("*.part")):
        assert killed.poll() is None
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    wait_until_backup_lock_is_free()

    with pytest.raises(CommandError, match="There is no backup in"):
        restore(force=True)
    name = backup()

    assert {path.name for path in (folder / "sets").iterdir()} == {
        f"{name}.{part}" for part in ("dump", "files", "json")
    }


def wait_until_backup_lock_is_free() -> None:
    """On a busy machine PostgreSQL takes a while to notice that a process was killed."""
    with other_connection() as other:
        other.execute("SET lock_timeout = '1min'")
        other.execute("SELECT pg_advisory_lock(hashtext('backup'))")


def shop_environment(folder: Path, media: dict[str, Path]) -> dict[str, str]:
    """For a process of its own on Django's present database."""
    given = connection.get_connection_params()
    login = given["user"] + (f":{given['password']}" if given.get("password") else "")
    host = f"{given['host']}:{given['port']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "storefront.settings.development",
        "DATABASE_URL": f"postgres://{login}@{host}/{connection.settings_dict['NAME']}",
        "BACKUP_ROOT": str(folder),
        "MEDIA_ROOT": str(media["default"]),
        "PRIVATE_ROOT": str(media["private"]),
    }


def test_a_file_that_is_deleted_meanwhile_does_not_stop_the_backup(
    small_db, folder: Path, media, monkeypatch
) -> None:
    names = FolderStore.names

    def with_one_that_goes(self, folder: str = "") -> Iterator[str]:
        yield from names(self, folder)
        if self.folder == media["default"] and not folder:
            yield "deleted.png"

    monkeypatch.setattr(FolderStore, "names", with_one_that_goes)

    name = backup()

    assert len(archive.file_list_read(FolderStore(folder), name)) == 3


def test_another_backup_is_refused_until_the_last_file_is_copied(
    small_db, folder: Path, media, monkeypatch
) -> None:
    """Else the one that ends first deletes files that the other one counts on."""
    refused = []
    delete = services.backups_expire

    def watched(**options):
        with other_connection() as other:
            statement = "SELECT pg_try_advisory_lock(hashtext('backup'))"
            refused.append(not other.execute(statement).fetchone()[0])
        return delete(**options)

    monkeypatch.setattr(db_backup, "backups_expire", watched)

    backup()

    assert refused == [True]


def test_a_missing_program_is_named(small_db, folder, media, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(CommandError, match="pg_dump is missing: install PostgreSQL's"):
        backup()


def test_a_dump_that_fails_leaves_no_backup(
    small_db, folder, media, monkeypatch, tmp_path
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        "#!/bin/sh\necho half\necho 'pg_dump: error: disk on fire' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(CommandError, match="pg_dump: error: disk on fire"):
        backup()

    assert list((folder / "sets").iterdir()) == []


def test_no_password_is_among_the_arguments(monkeypatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "very-secret")

    arguments, environment = postgres.command("pg_dump", "--format=custom")

    assert "very-secret" not in " ".join(arguments)
    assert environment["PGPASSWORD"] == "very-secret"
