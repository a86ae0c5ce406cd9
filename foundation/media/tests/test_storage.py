import hashlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError

from foundation.media.models import LibraryImage
from foundation.media.storage import (
    DamagedError,
    PrivateBucketStorage,
    PublicBucketStorage,
    StorageError,
)
from storefront.settings.env import ROOT
from tests.object_store import ObjectStore, find_weed, object_store_running

pytestmark = pytest.mark.skipif(
    find_weed() is None, reason="no S3 server: there is no `weed` for this platform"
)


def options(store: ObjectStore, identity: str = "shop") -> dict:
    key, secret = store.identities[identity]
    return settings.S3_OPTIONS | {
        "access_key": key,
        "secret_key": secret,
        "endpoint_url": store.url,
    }


def public(
    store: ObjectStore, identity: str = "shop", **changes
) -> PublicBucketStorage:
    url = f"{store.url}/media/"
    given = options(store, identity) | {"bucket_name": "media", "public_url": url}
    return PublicBucketStorage(**(given | changes))


def private(store: ObjectStore, **changes) -> PrivateBucketStorage:
    return PrivateBucketStorage(
        **(options(store) | {"bucket_name": "private"} | changes)
    )


def shop_environment(store: ObjectStore, **more: str) -> dict[str, str]:
    own = {
        "DJANGO_SETTINGS_MODULE": "storefront.settings.development",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }
    return os.environ | own | store.variables() | more


def fetched(url: str) -> tuple[int, dict, bytes]:
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), b""


def test_public_file_is_read_by_everybody_and_kept_for_a_year(store):
    name = public(store).save("images/boat.webp", ContentFile(b"a boat"))

    status, headers, body = fetched(public(store).url(name))

    assert (status, body) == (200, b"a boat")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"] == "image/webp"


def test_public_file_that_is_no_picture_is_sent_as_a_download(store):
    name = public(store).save("images/boat.html", ContentFile(b"a boat"))

    status, headers, body = fetched(public(store).url(name))

    assert (status, body) == (200, b"a boat")
    assert headers["Content-Type"] == "binary/octet-stream"
    assert headers["Content-Disposition"] == "attachment"


def test_name_carries_the_hash_of_the_content(store):
    digest = hashlib.sha256(b"a boat, hashed").hexdigest()[:12]

    name = public(store).save("images/boat.txt", ContentFile(b"a boat, hashed"))

    assert name == f"images/boat.{digest}.txt"


def test_type_is_that_of_the_extension_also_where_the_machine_knows_none(store):
    """What a browser claims does not count, and a slim image has no /etc/mime.types."""
    kinds = {
        "avif": "image/avif",
        "csv": "text/csv",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "jpeg": "image/jpeg",
        "pdf": "application/pdf",
        "webp": "image/webp",
    }
    not_shown = {"csv", "docx", "pdf"}
    public = [
        "binary/octet-stream" if kind in not_shown else kinds[kind] for kind in kinds
    ]
    # SeaweedFS would guess where nothing is said: look at what is sent.
    script = """
import mimetypes, sys; mimetypes.knownfiles = []
import django; django.setup()
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
for kind in sys.argv[1:]:
    file = SimpleUploadedFile(f"a.{kind}", b"<script>", content_type="text/html")
    for alias in ("default", "private"):
        print(storages[alias]._get_write_parameters(file.name, file)["ContentType"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, *kinds],
        env=shop_environment(store),
        capture_output=True,
        text=True,
        check=True,
    )

    told = done.stdout.split()
    assert (told[::2], told[1::2]) == (public, [*kinds.values()])


def test_same_name_and_content_are_two_files(store):
    first, second = (
        public(store).save("images/twin.txt", ContentFile(b"twin")) for _ in range(2)
    )

    public(store).delete(first)

    assert first != second
    assert fetched(public(store).url(first))[0] in (403, 404)
    assert fetched(public(store).url(second))[2] == b"twin"


def test_long_name_keeps_its_hash_and_its_extension(store):
    name = public(store).save(
        f"images/{'boat' * 40}.txt", ContentFile(b"long"), max_length=100
    )

    assert len(name) <= 100
    assert name.endswith(f"{hashlib.sha256(b'long').hexdigest()[:12]}.txt")


def test_private_file_is_read_by_its_signed_link_alone(store):
    name = private(store).save("documents/contract.txt", ContentFile(b"secret"))
    url = private(store).url(name)

    status, headers, body = fetched(url)

    assert (status, body) == (200, b"secret")
    assert headers["Content-Disposition"].startswith("attachment")
    assert fetched(url.partition("?")[0])[0] == 403
    assert fetched(url[:-1] + ("0" if url[-1] != "0" else "1"))[0] == 403
    assert fetched(url.replace("contract", "another"))[0] in (403, 404)


def test_link_says_no_after_its_time(store):
    name = private(store).save("documents/soon.txt", ContentFile(b"secret"))
    url = private(store).url(name, expire=1)

    before = fetched(url)[0]
    time.sleep(2.1)

    assert (before, fetched(url)[0]) == (200, 403)


@pytest.mark.parametrize("asked", [None, 10, 86_400])
def test_link_ends_after_five_minutes_at_most(store, asked):
    url = private(store).url("documents/contract.txt", expire=asked)

    assert f"X-Amz-Expires={min(asked or 300, 300)}" in url


def test_link_names_the_address_that_browsers_know(store):
    url = private(store, public_endpoint_url="https://files.example").url("a.txt")

    assert url.startswith("https://files.example/private/a.txt?")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret_key": "wrong"}, "bucket media.*403"),
        ({"access_key": "nobody"}, "bucket media.*403"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "Could not connect"),
    ],
)
def test_store_that_refuses_is_named_and_nothing_is_stored(store, changes, words):
    with pytest.raises(StorageError, match=words):
        public(store, **changes).save("images/lost.txt", ContentFile(b"lost"))

    listed = store.client().list_objects_v2(Bucket="media", Prefix="images/lost")
    assert listed["KeyCount"] == 0


def test_reader_may_not_write(store):
    with pytest.raises(StorageError, match="AccessDenied"):
        public(store, "reader").save("images/no.txt", ContentFile(b"no"))


@pytest.mark.slow
def test_large_file_goes_up_without_being_in_memory(store, tmp_path):
    """200 MB in a process of its own, whose memory is measured."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(os.urandom(1024 * 1024))
    script = """
import resource, sys
import django; django.setup()
from django.core.files.base import File
from django.core.files.storage import storages
with open(sys.argv[1], "rb") as file:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    name = storages["private"].save("documents/large.bin", File(file))
    print(name, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env=shop_environment(store),
        capture_output=True,
        text=True,
        check=True,
    )

    name, kilobytes = done.stdout.split()
    assert int(kilobytes) < 100 * 1024
    assert private(store).size(name) == 200 * 1024 * 1024


# --- Moving in ---------------------------------------------------------------------


def files_made(folder: Path, count: int) -> dict[str, bytes]:
    contents = {f"images/{i % 7}/{i}.bin": os.urandom(20_000 + i) for i in range(count)}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return contents


def migrate_command(media: Path, private_files: Path) -> list[str]:
    return [
        sys.executable,
        str(ROOT / "manage.py"),
        "media_migrate",
        f"--media-root={media}",
        f"--private-root={private_files}",
    ]


def stored(store: ObjectStore, bucket: str, prefix: str) -> dict[str, bytes]:
    client = store.client()
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix
    )
    names = [each["Key"] for page in pages for each in page.get("Contents", ())]
    return {
        name: client.get_object(Bucket=bucket, Key=name)["Body"].read()
        for name in names
    }


@pytest.mark.slow
def test_migration_that_is_killed_halfway_goes_on_where_it_was(tmp_path):
    media, private_files = tmp_path / "media", tmp_path / "private"
    contents = files_made(media, 400)
    secrets = files_made(private_files, 20)
    with object_store_running() as store:
        store.buckets_make()
        environment = shop_environment(store)
        command = migrate_command(media, private_files)

        first = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        while not (half := stored_count(store, "media")) > 100:
            assert first.poll() is None
        first.kill()
        first.wait()
        # What was damaged meanwhile is not taken for done.
        damaged = next(iter(stored(store, "media", "images/")))
        store.client().put_object(Bucket="media", Key=damaged, Body=b"damaged")
        second, third = (
            subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
            for _ in range(2)
        )

        assert 100 < half < 400
        assert second.returncode == 0, second.stderr
        assert stored(store, "media", "") == contents
        assert stored(store, "private", "") == secrets
        assert "0 copied, 420 were there already, 0 failed" in third.stdout


def stored_count(store: ObjectStore, bucket: str) -> int:
    return store.client().list_objects_v2(Bucket=bucket)["KeyCount"]


def migrated(
    store: ObjectStore, media: Path, private_files: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        migrate_command(media, private_files),
        env=shop_environment(store, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def test_migration_into_a_store_that_refuses_says_so_in_one_line(store, tmp_path):
    media, private_files = tmp_path / "media", tmp_path / "private"
    contents = files_made(media, 30)
    private_files.mkdir()

    wrong = migrated(store, media, private_files, AWS_SECRET_ACCESS_KEY="wrong")
    with store.revoked("Read", "List"):
        revoked = migrated(store, media, private_files)

    for done, why in ((wrong, "403"), (revoked, "AccessDenied")):
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("CommandError: The file store (bucket media)")
        assert why in done.stderr
        assert "0 files were copied before; run the command again" in done.stderr
    assert all((media / name).read_bytes() == contents[name] for name in contents)


def test_migration_names_a_file_that_can_not_be_read_and_takes_the_others(
    store, tmp_path
):
    media, private_files = tmp_path / "media", tmp_path / "private"
    files_made(media, 3)
    (media / "images" / "gone.bin").symlink_to("nowhere")
    private_files.mkdir()

    done = migrated(store, media, private_files)

    assert done.returncode == 1
    assert "images/gone.bin: " in done.stderr
    assert "3 copied, 0 were there already, 1 failed" in done.stdout
    assert "Traceback" not in done.stderr


class ChangedMeanwhile(ContentFile):
    """Says other bytes when it is read for its checksum than when it is sent."""

    def chunks(self, chunk_size=None):
        yield b"before"


def test_file_that_changes_while_it_is_copied_is_not_taken_for_done(store):
    with pytest.raises(DamagedError, match=r"images/changes\.bin arrived damaged"):
        public(store).copy_in("images/changes.bin", ChangedMeanwhile(b"after"))

    assert not public(store).exists("images/changes.bin")
    assert public(store).copy_in("images/changes.bin", ContentFile(b"before"))
    assert public(store).open("images/changes.bin").read() == b"before"


@pytest.mark.slow
def test_two_migrations_at_once_do_no_harm(tmp_path):
    media, private_files = tmp_path / "media", tmp_path / "private"
    contents = files_made(media, 120)
    private_files.mkdir()
    with object_store_running() as store:
        store.buckets_make()
        command = migrate_command(media, private_files)
        environment = shop_environment(store)

        both = [subprocess.Popen(command, env=environment) for _ in range(2)]

        assert [process.wait() for process in both] == [0, 0]
        assert stored(store, "media", "") == contents


def test_migration_without_a_bucket_says_which_variable_is_missing():
    with pytest.raises(CommandError, match="MEDIA_BUCKET is not set"):
        call_command("media_migrate")


@pytest.mark.django_db
def test_orphans_of_a_store_that_refuses_are_no_traceback(in_store):
    with in_store.revoked(), pytest.raises(CommandError, match="bucket media"):
        call_command("media_orphans", "--delete")


@pytest.mark.django_db
def test_orphans_newer_than_now_are_not_deleted():
    with pytest.raises(CommandError, match="at least 0"):
        call_command("media_orphans", "--delete", "--days=-1")


@pytest.mark.django_db
def test_orphans_and_missing_files_are_told_apart(settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    (tmp_path / "private").mkdir()
    settings.STORAGES = dict(settings.STORAGES)  # which makes them anew
    kept = storages["default"].save("images/lamp.png", ContentFile(b"lamp"))
    LibraryImage.objects.bulk_create(
        LibraryImage(title=name, width=1, height=1, file=name)
        for name in (kept, "images/sofa.png")
    )
    orphan = storages["default"].save("images/orphan.png", ContentFile(b"orphan"))

    call_command("media_orphans", "--delete", "--days=1")
    out = capsys.readouterr().out
    call_command("media_orphans", "--delete", "--days=0")

    assert f"orphan   default  {orphan}" in out
    assert "missing  default  images/sofa.png" in out
    assert "1 orphans, 1 missing, 0 deleted" in out
    assert "1 deleted" in capsys.readouterr().out
    assert not storages["default"].exists(orphan)
    assert storages["default"].exists(kept)
