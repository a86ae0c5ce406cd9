"""Where bytes lie, a folder or a bucket, read and written as streams of any length."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from django.core.files.storage import Storage, storages

from foundation.media.storage import BucketStorage, unavailable_named

# A part is held in memory, at most ten at a time; Amazon allows 10,000 parts, so 160 GB.
PARTS = TransferConfig(multipart_chunksize=16 * 1024 * 1024, max_concurrency=2)
# Nobody waits for a page: seconds for an answer, and how often one is asked for.
PATIENT = Config(read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5})
PART = ".part"


class Store(Protocol):
    """Names with bytes; ``names`` lists those below a folder.

    Raises: StorageError (bucket), OSError (folder).
    """

    def names(self, folder: str = "") -> Iterator[str]: ...

    def read(self, name: str) -> AbstractContextManager[IO[bytes]]: ...

    def write(self, name: str, stream: Any) -> None: ...

    def delete(self, name: str) -> None: ...

    def tidy(self) -> None:
        """Remove what writers that were killed have left unfinished."""


class FolderStore:
    """A folder; a file appears under its name only when it is complete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    def names(self, folder: str = "") -> Iterator[str]:
        for path in sorted((self.folder / folder).rglob("*")):
            if path.is_file() and path.suffix != PART:
                yield path.relative_to(self.folder).as_posix()

    def read(self, name: str) -> AbstractContextManager[IO[bytes]]:
        return (self.folder / name).open("rb")

    def write(self, name: str, stream: Any) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + PART)
        try:
            with part.open("wb") as file:
                shutil.copyfileobj(stream, file)
            part.rename(path)
        except OSError as error:  # a full disk does not say which
            error.filename = error.filename or path
            raise
        finally:
            part.unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def tidy(self) -> None:
        for path in self.folder.rglob(f"*{PART}"):
            path.unlink()


class BucketStore:
    """A bucket of any S3-compatible store; ``headers`` makes those of an object by its name."""

    def __init__(
        self,
        name: str,
        options: dict[str, Any],
        headers: Callable[[str], dict[str, Any]] = lambda name: {},
    ) -> None:
        self.name = name
        self.headers = headers
        self.bucket = boto3.resource(
            "s3",
            aws_access_key_id=options["access_key"],
            aws_secret_access_key=options["secret_key"],
            endpoint_url=options["endpoint_url"],
            region_name=options["region_name"],
            config=options["client_config"].merge(PATIENT),
        ).Bucket(name)

    def __str__(self) -> str:
        return f"s3://{self.name}"

    def names(self, folder: str = "") -> Iterator[str]:
        with unavailable_named(self.name):
            yield from (item.key for item in self.bucket.objects.filter(Prefix=folder))

    @contextmanager
    def read(self, name: str) -> Iterator[IO[bytes]]:
        with (
            unavailable_named(f"{self.name}, {name}"),
            closing(self.bucket.Object(name).get()["Body"]) as stream,
        ):
            yield stream

    def write(self, name: str, stream: Any) -> None:
        with unavailable_named(self.name):
            self.bucket.Object(name).upload_fileobj(
                stream, ExtraArgs=self.headers(name), Config=PARTS
            )

    def delete(self, name: str) -> None:
        with unavailable_named(self.name):
            self.bucket.Object(name).delete()

    def tidy(self) -> None:
        with unavailable_named(self.name):
            for upload in self.bucket.multipart_uploads.all():
                upload.abort()


class HashedStream:
    """Passes a stream on and counts: ``digest`` (SHA-256, hexadecimal) and ``size`` in bytes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self._stream.read(size)
        self._hash.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def digest_of(store: Store, name: str) -> str:
    """SHA-256 of what lies under the name."""
    with store.read(name) as stream:
        hashed = HashedStream(stream)
        while hashed.read(1024 * 1024):
            pass
    return hashed.digest


def backup_store() -> Store:
    """BACKUP_BUCKET, else the folder BACKUP_ROOT."""
    if settings.BACKUP_BUCKET:
        return BucketStore(settings.BACKUP_BUCKET, settings.S3_OPTIONS)
    return FolderStore(Path(settings.BACKUP_ROOT))


def media_store(alias: str) -> Store:
    """The bucket or the folder of a storage of people's files."""
    storage: Storage = storages[alias]
    if isinstance(storage, BucketStorage):
        return BucketStore(
            storage.bucket_name, settings.S3_OPTIONS, storage._get_write_parameters
        )
    return FolderStore(Path(storage.path("")))
