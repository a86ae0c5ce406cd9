"""A real S3 server for all tests of the library, and the storages of this process in it."""

from collections.abc import Iterator

import pytest

from foundation.core.breaker import CircuitBreaker
from foundation.media import models
from foundation.media.models import LibraryDocument
from tests.object_store import ObjectStore, find_weed, object_store_running


@pytest.fixture(scope="package")
def store() -> Iterator[ObjectStore]:
    if find_weed() is None:
        pytest.skip("no S3 server: there is no `weed` for this platform")
    with object_store_running() as running:
        running.buckets_make()
        yield running


@pytest.fixture
def in_store(request, store: ObjectStore, settings, monkeypatch) -> ObjectStore:
    """Files of this process lie in the buckets ``media`` and ``private``, as in production.

    The (indirect) parameter changes the storages' options.
    """
    key, secret = store.identities["shop"]
    options = settings.S3_OPTIONS | {
        "access_key": key,
        "secret_key": secret,
        "endpoint_url": store.url,
    }
    own = {
        "default": {"bucket_name": "media", "public_url": f"{store.url}/media/"},
        "private": {"bucket_name": "private"},
    }
    classes = {"default": "PublicBucketStorage", "private": "PrivateBucketStorage"}
    settings.STORAGES = settings.STORAGES | {
        alias: {
            "BACKEND": f"foundation.media.storage.{classes[alias]}",
            "OPTIONS": options | own[alias] | getattr(request, "param", {}),
        }
        for alias in own
    }
    # The field has looked its storage up when the model was made.
    documents = LibraryDocument._meta.get_field("file")
    monkeypatch.setattr(documents, "storage", models.private_storage())
    monkeypatch.setattr(models, "_store", CircuitBreaker(models.STORE_REST_SECONDS))
    return store
