"""An S3 server with real signatures on loopback: SeaweedFS."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

START_SECONDS = 60


def find_weed() -> str | None:
    """The server's program, of the wheel or installed; None where there is none."""
    beside = Path(sys.executable).parent
    return shutil.which("weed", path=f"{beside}{os.pathsep}{os.environ['PATH']}")


IDENTITIES = {
    "shop": ("shop-key", "shop-secret-0123456789"),
    "reader": ("reader-key", "reader-secret-0123456789"),
}
READ = ("Read", "List")
ALL = ("Admin", "Tagging", "Write", *READ)


@dataclass(frozen=True)
class ObjectStore:
    """``identities``: name → (access key, secret key); ``shop`` may do all, ``reader`` only read."""

    url: str
    config: Path
    process: subprocess.Popen[bytes]
    identities = IDENTITIES

    def client(self, identity: str = "shop"):
        """A boto3 client of one of the identities."""
        key, secret = self.identities[identity]
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1, "mode": "standard"},
            ),
        )

    def variables(self) -> dict[str, str]:
        """What a shop's environment says to keep files in the buckets ``media`` and ``private``."""
        key, secret = self.identities["shop"]
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_S3_ENDPOINT_URL": self.url,
            "MEDIA_BUCKET": "media",
            "MEDIA_URL": f"{self.url}/media/",
            "PRIVATE_BUCKET": "private",
            "BACKUP_BUCKET": "backups",
        }

    def buckets_make(self) -> None:
        """The two that ``variables`` names."""
        self.bucket_make("media", is_public=True)
        self.bucket_make("private", is_public=False)

    def bucket_make(self, name: str, *, is_public: bool) -> None:
        """An empty bucket; a public one lets everybody read its objects."""
        client = self.client()
        client.create_bucket(Bucket=name)
        if is_public:
            policy = {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:GetObject",
                        "Resource": f"arn:aws:s3:::{name}/*",
                    }
                ],
            }
            client.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))

    @contextmanager
    def revoked(self, *left: str) -> Iterator[None]:
        """``shop`` may do only what is ``left``, nothing without it, while the block lasts."""
        self._allow(left)
        try:
            yield
        finally:
            self._allow(ALL)

    def _allow(self, actions: Sequence[str]) -> None:
        identities_write(self.config, {"shop": actions, "reader": READ})
        self.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)  # it answers before it has read the file

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Connections are taken and nothing is answered, while the block lasts."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """For good: nobody listens any more."""
        self.process.kill()
        self.process.wait()


def identities_write(config: Path, actions: Mapping[str, Sequence[str]]) -> None:
    """The server's list of who may do what."""
    identities = [
        {
            "name": name,
            "credentials": [
                {"accessKey": IDENTITIES[name][0], "secretKey": IDENTITIES[name][1]}
            ],
            "actions": list(allowed),
        }
        for name, allowed in actions.items()
    ]
    config.write_text(json.dumps({"identities": identities}))


@contextmanager
def object_store_running() -> Iterator[ObjectStore]:
    """A new, empty server, gone with its files at the end."""
    weed = find_weed()
    assert weed, "No S3 server: requirements/test.txt brings `weed`."
    with tempfile.TemporaryDirectory(prefix="store-") as folder:
        config = Path(folder) / "s3.json"
        identities_write(config, {"shop": ALL, "reader": READ})
        data = Path(folder) / "data"
        data.mkdir()
        ports = _free_ports(8)
        process = subprocess.Popen(
            [
                weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}",
                f"-master.port={ports[0]}", f"-master.port.grpc={ports[1]}",
                f"-volume.port={ports[2]}", f"-volume.port.grpc={ports[3]}",
                f"-filer.port={ports[4]}", f"-filer.port.grpc={ports[5]}",
                "-s3", f"-s3.port={ports[6]}", f"-s3.port.grpc={ports[7]}",
                "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={config}",
                "-volume.max=100", "-master.volumeSizeLimitMB=64",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        url = f"http://127.0.0.1:{ports[6]}"
        try:
            _wait_for(url, process)
            yield ObjectStore(url, config, process)
        finally:
            process.kill()  # its files go with the folder
            process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _wait_for(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "The S3 server ended at its start."
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310
        except urllib.error.HTTPError:
            return  # it answers: it wants a signature
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"The S3 server did not answer within {START_SECONDS} s.")
