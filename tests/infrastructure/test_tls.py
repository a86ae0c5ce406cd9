"""Redis and PostgreSQL behind TLS: who can't prove that it is the server gets no password and no data.

Redis' wheel has no TLS, so a thread in front of the server ends it. PostgreSQL ends its own.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import kombu
import pytest
import redis
from django.conf import settings
from django.db.utils import ConnectionHandler, OperationalError

from foundation.core.cache import RedisCache
from foundation.delivery.limits import Limiter
from foundation.observability import health
from storefront.backups import postgres as backup_programs
from storefront.backups.archive import BackupError
from storefront.settings.env import database_address, redis_address
from tests.reliability.servers import Postgres, services

HOST = "localhost"
OTHER_NAME = "127.0.0.1"
"""The same machine by a name that the certificate lacks."""


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and what it has signed for ``localhost``."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    def file(self, name: str) -> Path:
        return self.folder / name


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(
        ["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60
    )


def authority_make(folder: Path) -> Authority:
    folder.mkdir()
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        *("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"),
        *("-subj", f"/CN={folder.name}"),
        folder=folder,
    )
    openssl(
        *("req", "-x509", *key, "-keyout", "server.key", "-out", "server.pem"),
        *("-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2", "-subj", "/CN=server"),
        *("-addext", f"subjectAltName=DNS:{HOST}"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        folder=folder,
    )
    return Authority(folder)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return authority_make(tmp_path_factory.mktemp("tls") / "own")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Authority:
    """An authority that has signed nothing here."""
    return authority_make(tmp_path_factory.mktemp("tls") / "stranger")


# --- Redis --------------------------------------------------------------------------


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def serve(listener: socket.socket, context: ssl.SSLContext, server: tuple) -> None:
    """End TLS, until the listener is closed."""
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError):  # a client that refuses the certificate
            client = context.wrap_socket(plain, server_side=True)
            behind = socket.create_connection(server)
            for ends in ((client, behind), (behind, client)):
                Thread(target=copy, args=ends, daemon=True).start()


@pytest.fixture(scope="module")
def redis_port(authority: Authority) -> Iterator[int]:
    """The test run's own Redis, behind TLS."""
    address = urlsplit(settings.REDIS_URL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.file("server.pem"), authority.file("server.key"))
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = (address.hostname, address.port)
        Thread(target=serve, args=(listener, context, server), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def cache_ask(address: str) -> None:
    """Raises what the cache hides."""
    cache = RedisCache(address, {"OPTIONS": settings.CACHES["default"]["OPTIONS"]})
    cache._cache.get_client(write=True).ping()
    cache.set("tls", "value", 10)
    assert cache.get("tls") == "value"


def broker_ask(address: str) -> None:
    with kombu.Connection(address) as connection:
        connection.default_channel.client.ping()


def limits_ask(address: str) -> None:
    Limiter(address).shared.storage.storage.ping()


CLIENTS = [cache_ask, broker_ask, limits_ask]
REFUSED = (redis.ConnectionError, kombu.exceptions.OperationalError)


@pytest.fixture
def reach(monkeypatch, settings, redis_port: int) -> Callable[..., str]:
    """What the settings make of a ``rediss`` address."""
    patient = {"socket_connect_timeout": 5, "socket_timeout": 5}  # on a busy machine
    settings.REDIS_TIMEOUTS = patient
    monkeypatch.setitem(settings.CACHES["default"], "OPTIONS", patient)

    def make(host: str, authority: Path | None) -> str:
        password = urlsplit(settings.REDIS_URL).password
        query = f"?ssl_ca_certs={authority}" if authority else ""
        address = f"rediss://default:{password}@{host}:{redis_port}/0{query}"
        monkeypatch.setenv("REDIS_URL", address)
        return redis_address("REDIS_URL", "rediss")

    return make


@pytest.mark.parametrize("ask", CLIENTS)
def test_redis_with_a_certificate_of_the_authority_is_used(ask, reach, authority):
    ask(reach(HOST, authority.certificate))


@pytest.mark.parametrize("ask", CLIENTS)
def test_redis_that_another_authority_vouches_for_is_refused(ask, reach, stranger):
    for given in (stranger.certificate, None):  # None: those of the system
        with pytest.raises(REFUSED, match="CERTIFICATE_VERIFY_FAILED"):
            ask(reach(HOST, given))


@pytest.mark.parametrize("ask", CLIENTS)
def test_redis_with_a_certificate_of_another_name_is_refused(ask, reach, authority):
    with pytest.raises(REFUSED, match="IP address mismatch"):
        ask(reach(OTHER_NAME, authority.certificate))


def test_health_verifies_the_certificate_too(settings, reach, authority):
    settings.REDIS_URL = reach(HOST, authority.certificate)
    assert health.cache_ask() == {"cache": "ok"}

    settings.REDIS_URL = reach(OTHER_NAME, authority.certificate)
    with pytest.raises(redis.ConnectionError, match="IP address mismatch"):
        health.cache_ask()


# --- PostgreSQL ---------------------------------------------------------------------


class TLSPostgres(Postgres):
    certificates: Path

    def command(self) -> list[str]:
        return [
            *super().command(),
            "--ssl=on",
            f"--ssl_cert_file={self.certificates / 'server.pem'}",
            f"--ssl_key_file={self.certificates / 'server.key'}",
        ]


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Postgres]:
    folder, lock = services.ephemeral_folder()
    account = services.servers_account()
    password = services.kept_password(folder / "password", account)
    bindir = services.postgres_bindir(account, False)
    server = TLSPostgres(folder, password, account, True, bindir)
    server.certificates = services.own_folder(folder / "certificates", account)
    for name in ("server.pem", "server.key"):
        path = Path(shutil.copy(authority.file(name), server.certificates))
        if account:
            shutil.chown(path, account.pw_uid, account.pw_gid)
        path.chmod(0o600)
    try:
        server.prepare()
        server.run_again()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


@pytest.fixture
def database(
    monkeypatch, django_db_blocker, server: Postgres
) -> Iterator[Callable[[str, Path], dict]]:
    """The settings of a database whose certificate is verified."""

    def make(host: str, authority: Path) -> dict:
        address = server.url.replace("127.0.0.1", host)
        address += f"?sslmode=verify-full&sslrootcert={authority}"
        monkeypatch.setenv("DATABASE_URL", address)
        own = database_address("DATABASE_URL")
        options = settings.DATABASES["default"]["OPTIONS"] | own["OPTIONS"]
        return settings.DATABASES["default"] | own | {"OPTIONS": options}

    with django_db_blocker.unblock():
        yield make


def query(database: dict) -> bool:
    """Whether the connection was encrypted."""
    connection = ConnectionHandler({"default": database})["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def dump(database: dict, monkeypatch) -> bytes:
    monkeypatch.setattr(
        backup_programs,
        "connection",
        ConnectionHandler({"default": database})["default"],
    )
    arguments, environment = backup_programs.command("psql", "--command=SELECT 1")
    with backup_programs.running(
        arguments, env=environment, stdout=subprocess.PIPE
    ) as process:
        return process.stdout.read()


def test_postgresql_with_a_certificate_of_the_authority_is_used(
    database, authority, monkeypatch
):
    given = database(HOST, authority.certificate)

    assert query(given) is True
    assert b"1 row" in dump(given, monkeypatch)


@pytest.mark.parametrize(
    ("host", "is_strange", "says"),
    [
        (HOST, True, "certificate verify failed"),
        (OTHER_NAME, False, 'does not match host name "127.0.0.1"'),
    ],
)
def test_postgresql_that_proves_nothing_is_refused(
    database, authority, stranger, monkeypatch, host, is_strange, says
):
    given = database(host, (stranger if is_strange else authority).certificate)

    with pytest.raises(OperationalError, match=says):
        query(given)
    with pytest.raises(BackupError, match=says):
        dump(given, monkeypatch)
