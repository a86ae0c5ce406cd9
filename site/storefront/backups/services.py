"""Make backups, let old ones go, go back to one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from foundation.media.files import PRIVATE, PUBLIC
from foundation.media.storage import StorageError
from storefront.backups import postgres
from storefront.backups.archive import (
    FILES,
    SETS,
    BackupError,
    Manifest,
    backup_names,
    backup_parts,
    file_list_read,
    file_list_write,
    manifest_read,
    manifest_write,
)
from storefront.backups.stores import HashedStream, Store, digest_of, media_store

Report = Callable[[str], None]


def backup_make(*, store: Store, report: Report) -> Manifest:
    """Copy database and files. The rows come first: a file that they name is there before them.

    Call it inside ``postgres.alone()``. Raises: BackupError.
    """
    now = timezone.now()
    name = f"{now:%Y%m%dT%H%M%SZ}"
    with plain_errors():
        store.tidy()
        with postgres.snapshot() as snapshot:
            rows = postgres.rows_by_table()
            digest, size = _dump(store, name, snapshot)
        report(
            f"Database: {size:,} bytes, {len(rows)} tables, {sum(rows.values()):,} rows"
        )
        files = _copy_files(store)
        report(f"Files: {len(files)}")
        listed = file_list_write(store, name, files)
        manifest = Manifest(
            name=name,
            made_at=now.isoformat(),
            release=settings.RELEASE,
            dump=digest,
            dump_bytes=size,
            files=hashlib.sha256(listed).hexdigest(),
            file_count=len(files),
            rows=rows,
        )
        manifest_write(store, manifest)
    return manifest


def backups_expire(*, store: Store, days: int) -> list[str]:
    """Delete backups older than ``days``, never the newest, and the files that no other one has.

    Call it inside ``postgres.alone()``. Returns the names of the deleted ones. Raises: BackupError.
    """
    with plain_errors():
        before = timezone.now() - timedelta(days=days)
        names = backup_names(store)
        old = [name for name in names[:-1] if manifest_read(store, name).at < before]
        # The manifest goes first: what is left of a backup is none.
        for name in old:
            store.delete(f"{SETS}{name}.json")
        kept_names = [name for name in names if name not in old]
        for name, kind in backup_parts(store):
            # One that is still being made is newer than all complete ones.
            if name not in kept_names and name < kept_names[-1]:
                store.delete(f"{SETS}{name}.{kind}")
        if old:
            kept = {file for name in kept_names for file in file_list_read(store, name)}
            for file in set(store.names(FILES)) - kept:
                store.delete(file)
    return old


def backup_find(*, store: Store, name: str) -> Manifest:
    """The backup of this name, or the newest for ``latest``. Raises: BackupError."""
    with plain_errors():
        names = backup_names(store)
        if not names:
            raise BackupError(f"There is no backup in {store}.")
        if name != "latest" and name not in names:
            raise BackupError(
                f"There is no backup {name} in {store}; the newest is {names[-1]}."
            )
        return manifest_read(store, names[-1] if name == "latest" else name)


def backup_verify(*, store: Store, manifest: Manifest) -> dict[str, str]:
    """Read all of it and compare every checksum; returns its files, digest by name.

    Raises: BackupError naming the first part that is damaged or missing.
    """
    with plain_errors():
        for part, digest in (("dump", manifest.dump), ("files", manifest.files)):
            _compare(store, f"{SETS}{manifest.name}.{part}", digest)
        files = file_list_read(store, manifest.name)
        for file, digest in files.items():
            _compare(store, file, digest)
    return files


def backup_restore(*, store: Store, manifest: Manifest, force: bool) -> int:
    """Put database and files back; returns the number of files that were missing or different.

    Verifies every checksum before anything is touched. Files come first: what the present rows don't
    name does them no harm. The database changes in one transaction.

    Raises: BackupError; also where the database has tables and ``force`` is not given.
    """
    name = connection.settings_dict["NAME"]
    with postgres.database_named():
        if postgres.tables() and not force:
            raise BackupError(
                f"The database {name} is not empty. --force replaces what is in it."
            )
    files = backup_verify(store=store, manifest=manifest)
    with plain_errors():
        connection.close()  # it would keep the tables from being replaced
        written = _put_back(store, files)
        with store.read(f"{SETS}{manifest.name}.dump") as dump:
            postgres.restored(dump, rows=manifest.rows)
    return written


# --- Parts ------------------------------------------------------------------------


@contextmanager
def plain_errors() -> Iterator[None]:
    """What folder and database raise, as one line of ours; StorageError says its own."""
    try:
        yield
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename} is missing.") from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise BackupError(f"{where}{error.strerror or error}") from error


def _dump(store: Store, name: str, snapshot: str) -> tuple[str, int]:
    try:
        with postgres.dumped(snapshot) as stream:
            hashed = HashedStream(stream)
            store.write(f"{SETS}{name}.dump", hashed)
    except BackupError:
        store.delete(f"{SETS}{name}.dump")  # what pg_dump wrote before it failed
        raise
    return hashed.digest, hashed.size


def _copy_files(store: Store) -> dict[str, str]:
    """Copy the files that the newest backup lacks: a stored file never changes its content."""
    names = backup_names(store)
    known = file_list_read(store, names[-1]) if names else {}
    known = {file: known[file] for file in known.keys() & set(store.names(FILES))}
    files = {}
    for alias in (PUBLIC, PRIVATE):
        source = media_store(alias)
        for name in source.names():
            file = f"{FILES}{alias}/{name}"
            try:
                files[file] = known.get(file) or _copy_file(source, name, store, file)
            except (FileNotFoundError, StorageError):
                if name in source.names(name):
                    raise
                # Deleted since it was listed: a shop that is open changes meanwhile.
    return files


def _copy_file(source: Store, name: str, store: Store, file: str) -> str:
    with source.read(name) as stream:
        hashed = HashedStream(stream)
        store.write(file, hashed)
    return hashed.digest


def _compare(store: Store, name: str, digest: str) -> None:
    if digest_of(store, name) != digest:
        raise BackupError(f"{store}/{name} is damaged: its checksum is another one.")


def _put_back(store: Store, files: dict[str, str]) -> int:
    """Write the files that are missing or different; returns how many these were."""
    targets = {alias: media_store(alias) for alias in (PUBLIC, PRIVATE)}
    present = {alias: set(target.names()) for alias, target in targets.items()}
    written = 0
    for file, digest in files.items():
        alias, name = file.removeprefix(FILES).split("/", 1)
        target = targets[alias]
        if name not in present[alias] or digest_of(target, name) != digest:
            with store.read(file) as stream:
                target.write(name, stream)
            written += 1
    return written
