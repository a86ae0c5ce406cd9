"""Where files live: folders in development, two buckets in production.

*Public* files (images and their renditions) are read by everybody through the CDN's own
host. *Private* files (documents) are handed out by a view that checks permissions, as a
link that ends after ``PRIVATE_LINK_SECONDS``.

Every new file's name carries a hash of its content, so that an address never changes
its content and may be cached for ever.
"""

from __future__ import annotations

import hashlib
import mimetypes
import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urljoin

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.encoding import filepath_to_uri
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from storages.backends.s3 import S3Storage

from foundation.core.errors import DomainError

HASH_LENGTH = 12
"""Hexadecimal digits of the content's SHA-256 in a name: 48 bits."""

PRIVATE_LINK_SECONDS = 300

SPOOL_BYTES = 8 * 1024 * 1024
"""So much of a file that is read from a bucket is kept in memory, the rest on disk."""

SHOWN_TYPES = frozenset(
    {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}
)
"""Public files of these types are shown by browsers. All others, SVG too, are downloads."""

DOWNLOAD = {
    # Not "application/octet-stream", in whose place SeaweedFS guesses by the name.
    "ContentType": "binary/octet-stream",
    "ContentDisposition": "attachment",
}
"""Neither shown as a page nor run as a script."""

IMMUTABLE = "public, max-age=31536000, immutable"

# Python 3.11 knows these by the machine's list only, which a slim image lacks.
for _extension, _type in {
    ".avif": "image/avif",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}.items():
    mimetypes.add_type(_type, _extension)


class StorageError(DomainError):
    """The object storage refused or did not answer; the cause tells why."""


class DamagedError(StorageError):
    """One file did not arrive as it was sent."""


def shown_type(name: str) -> str | None:
    """Return the media type of a file that browsers may show; None for all others."""
    kind = mimetypes.guess_type(name)[0]
    return kind if kind in SHOWN_TYPES else None


def content_hash(content: File) -> str:
    """SHA-256 of the whole content, read in pieces; leaves it at its beginning."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk if isinstance(chunk, bytes) else chunk.encode())
    content.seek(0)
    return digest.hexdigest()


def hashed_name(name: str, content: File, max_length: int | None = None) -> str:
    """``images/boat.png`` → ``images/boat.0f343b0931126.png``, its stem cut to fit.

    A name that carries this content's hash already stays as it is.
    """
    digest = content_hash(content)[:HASH_LENGTH]
    folder, base = posixpath.split(str(name))
    stem, extension = posixpath.splitext(base)
    if stem.endswith(f".{digest}"):
        return str(name)
    tail = f".{digest}{extension}"
    if max_length is not None:
        # 8 more for what Django appends if another file has this content and name.
        room = max_length - len(tail) - len(folder) - 1 - 8
        stem = stem[: max(room, 1)]
    return posixpath.join(folder, stem + tail)


@contextmanager
def unavailable_named(bucket: str) -> Iterator[None]:
    """What boto3 raises, as our error with the bucket's name."""
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise StorageError(
            _("The file store (bucket %(bucket)s) can't be used: %(error)s")
            % {"bucket": bucket, "error": error}
        ) from error


def _bucket_named(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a bucket's storage, with :func:`unavailable_named` around it."""

    @wraps(method)
    def call(storage: BucketStorage, *args: Any, **kwargs: Any) -> Any:
        with unavailable_named(storage.bucket_name):
            return method(storage, *args, **kwargs)

    return call


class HashedNamesMixin(Storage):
    """Puts a hash of the content into each new file's name."""

    def save(
        self, name: str | None, content: Any, max_length: int | None = None
    ) -> str:
        file = content if hasattr(content, "chunks") else File(content, name)
        named = hashed_name(name or file.name or "", file, max_length)
        return super().save(named, file, max_length)


class FolderStorage(HashedNamesMixin, FileSystemStorage):
    """``MEDIA_ROOT``: development only."""


class PrivateFolderStorage(FolderStorage):
    """``PRIVATE_ROOT``: development only, has no address."""

    @cached_property
    def base_location(self):
        return settings.PRIVATE_ROOT

    def url(self, name):
        raise NotImplementedError("A private file has no address of its own.")


class BucketStorage(HashedNamesMixin, S3Storage):
    """A bucket of any S3-compatible store. Raises: StorageError."""

    alias: str
    file_overwrite = False
    default_acl = None  # the bucket's policy decides who may read
    max_memory_size = SPOOL_BYTES
    transfer_config = TransferConfig(max_concurrency=4)
    # Parts of 8 MB; boto3 (1.44) has no argument for how many may wait in memory, ten else.
    transfer_config.max_in_memory_upload_chunks = 4

    def copy_in(self, name: str, content: File) -> bool:
        """Store ``content`` under exactly this name and read it back; False if it was there.

        Raises: StorageError; DamagedError where what is read back is not what was sent: it is deleted.
        """
        digest = content_hash(content)
        with unavailable_named(self.bucket_name):
            target = self.bucket.Object(self._normalize_name(name))
            if self._holds(target, digest):
                return False
            target.upload_fileobj(
                content.file,
                ExtraArgs=self._get_write_parameters(name, content)
                | {"Metadata": {"sha256": digest}},
                Config=self.transfer_config,
            )
            read_back = hashlib.sha256()
            for chunk in target.get()["Body"].iter_chunks(1024 * 1024):
                read_back.update(chunk)
            is_good = read_back.hexdigest() == digest
            if not is_good:
                target.delete()  # else the next run takes its checksum for its content's
        if not is_good:
            raise DamagedError(
                _("%(name)s arrived damaged in bucket %(bucket)s.")
                % {"name": name, "bucket": self.bucket_name}
            )
        return True

    def _holds(self, target, digest: str) -> bool:
        try:
            target.load()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
        return target.metadata.get("sha256") == digest

    def deconstruct(self):
        """How a job makes this storage again: by its alias, without its keys and options."""
        return "foundation.media.storage.storage_find", [self.alias], {}

    def _get_write_parameters(self, name, content=None):
        """The type by the name, whose extension was checked; not what a browser claims."""
        return super()._get_write_parameters(name)

    @_bucket_named
    def _save(self, name, content):
        return super()._save(name, content)

    @_bucket_named
    def _open(self, name, mode="rb"):
        opened = super()._open(name, mode)
        if "r" in mode:
            opened.file  # noqa: B018  # is fetched now, while errors get their name
        return opened

    @_bucket_named
    def exists(self, name):
        return super().exists(name)

    @_bucket_named
    def delete(self, name):
        super().delete(name)

    @_bucket_named
    def size(self, name):
        return super().size(name)

    @_bucket_named
    def listdir(self, name):
        return super().listdir(name)

    @_bucket_named
    def get_modified_time(self, name):
        return super().get_modified_time(name)


class PublicBucketStorage(BucketStorage):
    """Readable by everybody below ``MEDIA_URL``; browsers and CDN keep files for a year."""

    alias = "default"
    querystring_auth = False
    object_parameters = {"CacheControl": IMMUTABLE}

    def get_default_settings(self):
        return super().get_default_settings() | {"public_url": None}

    def _get_write_parameters(self, name, content=None):
        parameters = super()._get_write_parameters(name, content)
        return parameters if shown_type(name) else parameters | DOWNLOAD

    def url(self, name, parameters=None, expire=None, http_method=None):
        return urljoin(self.public_url, filepath_to_uri(name))


class PrivateBucketStorage(BucketStorage):
    """Readable by signed links alone, always as a download.

    ``public_endpoint_url``: the address of the store as browsers reach it, where it is
    another than that for servers (a signature covers the host).
    """

    alias = "private"
    querystring_auth = True
    querystring_expire = PRIVATE_LINK_SECONDS
    object_parameters = {"CacheControl": "private, no-store"}

    def get_default_settings(self):
        return super().get_default_settings() | {"public_endpoint_url": None}

    def url(self, name, parameters=None, expire=None, http_method=None):
        disposition = content_disposition_header(True, posixpath.basename(name))
        return self._signer.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket_name,
                "Key": self._normalize_name(name),
                "ResponseContentDisposition": disposition,
                **(parameters or {}),
            },
            ExpiresIn=min(expire or self.querystring_expire, PRIVATE_LINK_SECONDS),
            HttpMethod=http_method,
        )

    @cached_property
    def _signer(self):
        return boto3.Session(self.access_key, self.secret_key).client(
            "s3",
            endpoint_url=self.public_endpoint_url or self.endpoint_url,
            region_name=self.region_name,
            config=self.client_config,
        )


def storage_find(alias: str) -> Storage:
    """The configured storage of this alias."""
    return storages[alias]


def private_storage() -> Storage:
    """Of documents; a callable, so that migrations don't name the place."""
    return storages["private"]
