"""The image that `scripts/infrastructure/image` built, run with podman as the manifests run it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

pytestmark = pytest.mark.containers

IMAGE = os.environ.get("STOREFRONT_IMAGE", "")
RUN = (
    *("podman", "--log-level=fatal", "run", "--pull=never", "--rm", "--runtime=runc"),
    *("--ulimit=nofile=10000:10000", "--ulimit=nproc=4096:4096", "--network=host"),
    *("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"),
    *("--read-only-tmpfs=false", "--tmpfs=/tmp", "--tmpfs=/run/storefront"),
)
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a database without a schema."""
    server = os.environ["DATABASE_URL"]
    name = f"image_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield address(name)
        connection.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        )


def address(name: str) -> str:
    """Of a database of the tests' server."""
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def settings(database: str, **changes: str | None) -> dict[str, str]:
    known = {
        "SECRET_KEY": "only-for-this-test-0123456789-0123456789-abcdefgh",
        "DATABASE_URL": database,
        "REDIS_URL": os.environ["REDIS_URL"],
        "ALLOWED_HOSTS": "shop.example",
        "MEDIA_BUCKET": "shop-media",
        "MEDIA_URL": "https://media.shop.example/",
        "PRIVATE_BUCKET": "shop-private",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "GUNICORN_GRACEFUL_TIMEOUT": "20",
    } | changes
    return {name: value for name, value in known.items() if value is not None}


def command(*arguments: str, environment: dict[str, str], name: str = "") -> list[str]:
    return [
        *RUN,
        *(f"--env={key}={value}" for key, value in environment.items()),
        *([f"--name={name}"] if name else []),
        IMAGE,
        *arguments,
    ]


def run(*arguments: str, environment: dict[str, str] | None = None):
    return subprocess.run(
        command(*arguments, environment=environment or {}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@contextmanager
def running(
    *arguments: str, environment: dict[str, str]
) -> Iterator[tuple[str, subprocess.Popen]]:
    """A container in the background by its name; stopped at the end."""
    name = f"storefront-{uuid4().hex[:12]}"
    process = subprocess.Popen(
        command(*arguments, environment=environment, name=name),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield name, process
    finally:
        if process.poll() is None:
            subprocess.run(
                ["podman", "kill", name], capture_output=True, check=False, timeout=60
            )
            process.wait(60)


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and body; 0 where nobody listens."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        headers={"Host": "shop.example", "X-Forwarded-Proto": "https"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_for(port: int, path: str, status: int) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        found, body = answer(port, path)
        if found == status:
            return body
        time.sleep(0.2)
    raise AssertionError(f"{path} answered {found}, not {status}: {body[:300]}")


def test_container_has_no_more_than_it_needs():
    looked = run(
        "sh",
        "-c",
        "id -u; id -g; grep CapEff /proc/self/status; touch /app/x 2>&1;"
        " command -v gcc cc pip pip3; python -c 'import pytest' 2>&1 | tail -1;"
        " ls -a /app; find / -xdev -name '.env*' -not -path '/proc/*' 2>/dev/null",
    ).stdout

    lines = looked.splitlines()
    assert lines[:2] == ["10001", "10001"]
    assert "CapEff:\t0000000000000000" in lines
    assert "Read-only file system" in looked
    assert "No module named 'pytest'" in looked
    assert not any(line.endswith(("/gcc", "/cc", "/pip", "/pip3")) for line in lines)
    assert ".git" not in lines
    assert not any("/.env" in line for line in lines)


def test_bytecode_and_static_files_are_inside():
    looked = run(
        "sh",
        "-c",
        "find /opt/venv/lib/python3.11/site-packages/wagtail -name '*.py' | wc -l;"
        " find /opt/venv/lib/python3.11/site-packages/wagtail -name '*.pyc' | wc -l;"
        " find /app/site/storefront -name '*.pyc' | wc -l; ls /app/static/staticfiles.json",
    ).stdout.split()

    sources, compiled, ours, manifest = looked
    assert int(compiled) >= int(sources) > 100
    assert int(ours) > 10
    assert manifest == "/app/static/staticfiles.json"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"REDIS_URL": None}, "REDIS_URL is not set"),
        ({"MEDIA_BUCKET": None}, "MEDIA_BUCKET is not set"),
        ({"DATABASE_URL": "mysql://shop:s3cret@db/shop"}, "DATABASE_URL is no address"),
        ({"RUN_DIR": "/app/run"}, "RUN_DIR=/app/run cannot be written to"),
        ({"DATABASE_URL": "postgres://shop:s3cret@127.0.0.1:9/shop"}, "127.0.0.1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_start_ends_with_one_line(changes, words):
    environment = settings(os.environ["DATABASE_URL"], **changes)

    done = run("web", environment=environment)

    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "level=" not in line]
    assert len(said) == 1
    assert words in said[0]
    assert "s3cret" not in done.stderr


def test_two_migrations_at_once_and_a_web_server_that_waits_for_them(empty_database):
    port, metrics = free_port(), free_port()
    environment = settings(empty_database, PORT=str(port), METRICS_PORT=str(metrics))

    with running("web", environment=environment):
        wait_for(port, "/healthz/", 200)
        before = answer(port, "/readyz/")[0]
        both = [
            subprocess.Popen(
                command("migrate", environment=environment),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        said = [each.communicate(timeout=600)[0] for each in both]
        wait_for(port, "/readyz/", 200)
        scraped = wait_for(metrics, "/metrics", 200)
        on_shop_port = answer(port, "/metrics")[0]
        page = answer(port, "/accounts/login/")[0]

    assert before == 503
    assert [each.returncode for each in both] == [0, 0]
    assert sorted("No migrations to apply" in each for each in said) == [False, True]
    assert "django_http_requests" in scraped
    assert on_shop_port == 404
    assert page == 200


def test_stopping_under_load_loses_no_request_that_was_accepted(real_db):
    """Requests under way when SIGTERM comes are answered; the port is closed after them."""
    port = free_port()
    environment = settings(
        address(real_db), PORT=str(port), METRICS_PORT=str(free_port())
    )
    answers: list[int] = []
    broken: list[str] = []
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.connect()
            except OSError:
                return  # closed for new visitors: a balancer has gone elsewhere
            try:
                connection.request(
                    "GET",
                    "/accounts/login/",
                    headers={"Host": "shop.example", "X-Forwarded-Proto": "https"},
                )
                answers.append(connection.getresponse().status)
            except (OSError, http.client.HTTPException) as error:
                broken.append(repr(error))
            finally:
                connection.close()

    with running("web", environment=environment) as (name, process):
        wait_for(port, "/readyz/", 200)
        visitors = [threading.Thread(target=visit) for _ in range(6)]
        for visitor in visitors:
            visitor.start()
        time.sleep(5)
        # What a preStop hook does: say so first, so that nobody new is sent here.
        subprocess.run(
            ["podman", "exec", name, "touch", "/run/storefront/draining"], check=True
        )
        draining = answer(port, "/readyz/")[0]
        stop.set()
        subprocess.run(["podman", "kill", "--signal=TERM", name], check=True)
        exit_code = process.wait(60)
        for visitor in visitors:
            visitor.join(30)

    assert draining == 503
    assert exit_code == 0
    assert broken == []
    assert len(answers) > 20
    assert set(answers) == {200}


def test_worker_and_beat_answer_for_their_health(real_db):
    environment = settings(address(real_db))
    for role in ("worker", "beat"):
        port = free_port()
        with running(role, environment=environment | {"METRICS_PORT": str(port)}) as (
            name,
            process,
        ):
            wait_for(port, "/metrics", 200)
            checked = subprocess.run(
                ["podman", "exec", name, "python", "docker/healthcheck.py"],
                capture_output=True,
                text=True,
                check=False,
            )
            subprocess.run(["podman", "kill", "--signal=TERM", name], check=True)
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)

            assert checked.returncode == 0, checked.stderr
            assert process.returncode == 0
