"""What a backup consists of.

::

    sets/20261122T021500Z.dump     the database, in pg_dump's custom format
    sets/20261122T021500Z.files    "<SHA-256>  files/<storage>/<name>", as `sha256sum` writes it
    sets/20261122T021500Z.json     what belongs to it; written last: without it there is no backup
    files/default/…                public files, each stored once for all backups
    files/private/…                documents
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO

from foundation.core.errors import DomainError
from storefront.backups.stores import Store

SETS, FILES = "sets/", "files/"
PART = re.compile(r"sets/(\d{8}T\d{6}Z)\.(dump|files|json)")


class BackupError(DomainError):
    """A backup can't be made, read or restored; the text says why, in one line."""


@dataclass(frozen=True)
class Manifest:
    """``rows``: number of rows by table. ``dump`` and ``files``: SHA-256 of these two parts."""

    name: str
    made_at: str
    release: str
    dump: str
    dump_bytes: int
    files: str
    file_count: int
    rows: dict[str, int]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def manifest_write(store: Store, manifest: Manifest) -> None:
    """Make the backup complete."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
    store.write(f"{SETS}{manifest.name}.json", BytesIO(text.encode()))


def manifest_read(store: Store, name: str) -> Manifest:
    """Raises: BackupError where it is no manifest of ours."""
    try:
        with store.read(f"{SETS}{name}.json") as stream:
            return Manifest(**json.loads(stream.read()))
    except (ValueError, TypeError) as error:
        raise BackupError(f"{store}/{SETS}{name}.json is damaged: {error}") from error


def backup_parts(store: Store) -> list[tuple[str, str]]:
    """Name and kind of every part of a backup; what somebody else has put there is none."""
    found = (PART.fullmatch(name) for name in store.names(SETS))
    return [(part[1], part[2]) for part in found if part]


def backup_names(store: Store) -> list[str]:
    """Complete backups, oldest first."""
    return sorted(name for name, kind in backup_parts(store) if kind == "json")


def file_list_write(store: Store, name: str, files: dict[str, str]) -> bytes:
    """Write ``files``, digest by name; returns what was written. Raises: BackupError."""
    if odd := [file for file in files if "\n" in file]:
        raise BackupError(f"{odd[0]!r} has a line break in its name: rename it.")
    lines = "".join(f"{digest}  {file}\n" for file, digest in sorted(files.items()))
    written = lines.encode(errors="surrogateescape")  # names that are no UTF-8
    store.write(f"{SETS}{name}.files", BytesIO(written))
    return written


def file_list_read(store: Store, name: str) -> dict[str, str]:
    """Digest by name of all files of the backup."""
    with store.read(f"{SETS}{name}.files") as stream:
        text = stream.read().decode(errors="surrogateescape")
    lines = text.removesuffix("\n").split("\n") if text else []  # not at U+2028
    return {file: digest for digest, file in (line.split("  ", 1) for line in lines)}
