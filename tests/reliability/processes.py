"""A whole shop of real processes that a test may stop, kill, freeze and start again.

    with Shop(prepared) as shop:
        shop.worker.kill()
        shop.postgres.pause()
        …
        shop.sql("SELECT count(*) FROM order_order")

PostgreSQL, Redis, mail server, gunicorn, Celery workers and beats of its own, on free loopback
ports, in a folder of its own. Settings are production's (``tests.reliability.settings``); tests
play the proxy. Nothing outlives the block, whatever happens in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.reliability.mailbox import Mailbox
from tests.reliability.servers import (
    PYTHONPATH,
    READY_SECONDS,
    ROOT,
    Clock,
    Postgres,
    Redis,
    descendants,
    is_alive,
    send_signal,
    services,
    wait_for,
)

STOP_SECONDS = 30
WEB_WORKERS, WEB_THREADS, POOL = 2, 4, 2
PROXY_HEADERS = {"X-Forwarded-Proto": "https"}
"""What the proxy that ends TLS adds."""
SHOP_VARIABLE = "STOREFRONT_TEST_SHOP"


# --- Programs of the shop ---------------------------------------------------------


@dataclass
class Program:
    """A process of the shop with all it starts, a process group of its own."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    ready: Callable[[Program], bool]
    process: subprocess.Popen[bytes] | None = None
    log_start: int = 0

    def start(self, *, wait: bool = True) -> None:
        assert not self.is_running, f"{self.name} runs already"
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=services.dying_with_us(signal.SIGKILL),  # noqa: PLW1509
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> float:
        def is_ready() -> bool:
            assert self.is_running, f"{self.name} ended: {self.said()[-2000:]}"
            return self.ready(self)

        return wait_for(is_ready, f"{self.name} is ready")

    def said(self) -> str:
        """What it logged since it was started last."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def children(self) -> list[int]:
        """Gunicorn's workers or the processes of Celery's pool."""
        return [pid for pid in descendants(self.pid)[1:] if is_alive(pid)]

    def stop(self) -> None:
        """As Kubernetes does it: SIGTERM, then SIGKILL for what is still there."""
        if self.process is None:
            return
        if self.is_running:
            self.resume()
            os.kill(self.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the whole group, children too."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def kill_parent(self) -> None:
        """SIGKILL for the parent alone; its children are left to themselves."""
        assert self.process
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def kill_child(self) -> None:
        """SIGKILL for one child, the youngest; the parent replaces it."""
        if children := self.children:
            send_signal([max(children)], signal.SIGKILL)

    def pause(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGCONT)


def _said(text: str) -> Callable[[Program], bool]:
    return lambda program: text in program.said()


# --- The shop ---------------------------------------------------------------------


class Shop:
    """PostgreSQL, Redis, mail server, web, workers and beats: started at once, stopped for sure.

    ``prepared`` holds what to copy: a stopped cluster and its media
    (``tests.reliability.conftest.prepared``). With ``clock`` the programs' clock can jump, with
    ``database_clock`` PostgreSQL's; ``extra`` adds environment variables.
    """

    def __init__(
        self,
        prepared: Path,
        *,
        workers: int = 1,
        beats: int = 1,
        clock: bool = False,
        database_clock: bool = False,
        extra: dict[str, str] | None = None,
    ):
        self.folder = Path(tempfile.mkdtemp(prefix="shop-", dir=prepared))
        self.folder.chmod(0o755)
        self.clock = Clock(self.folder) if clock else None
        account = services.servers_account()
        password = (prepared / "password").read_text()
        self.postgres = Postgres(
            self.folder,
            password,
            account,
            True,
            services.postgres_bindir(account, False),
        )
        self.redis = Redis(
            self.folder, password, account, True, services.redis_program(account, False)
        )
        self.database_clock = None
        if database_clock:
            self.database_clock = Clock(self.postgres.folder)
            self.postgres.variables = self.database_clock.environment()
        self.mail = Mailbox(port=services.free_port())
        self.media = self.folder / "media"
        self._copy(prepared)
        self.web_port = services.free_port()
        self.metrics_ports: dict[str, int] = {}
        self.url = f"http://localhost:{self.web_port}"
        self._extra = extra or {}
        self._counts = {"worker": workers, "beat": beats}
        self.programs: list[Program] = []

    def job(self, task: str, *, attempts: int = 0, **kwargs: object) -> int:
        """Write a job that was tried so often before; its primary key. A sweep finds it."""
        return self.sql(
            "INSERT INTO core_outboxentry (task, kwargs, attempts, last_error) "
            "VALUES (%s, %s, %s, '') RETURNING id",
            *(task, json.dumps(kwargs), attempts),
        )[0][0]

    def log_lines(self, role: str) -> Iterator[str]:
        """What all programs of this kind have logged since the shop was opened."""
        for path in self.folder.glob(f"{role}*.log"):
            yield from path.read_text(errors="replace").splitlines()

    @property
    def web(self) -> Program:
        return self._named("web")[0]

    @property
    def workers(self) -> list[Program]:
        return self._named("worker")

    @property
    def worker(self) -> Program:
        return self.workers[0]

    @property
    def beats(self) -> list[Program]:
        return self._named("beat")

    @property
    def beat(self) -> Program:
        return self.beats[0]

    def _named(self, role: str) -> list[Program]:
        return [each for each in self.programs if each.name.startswith(role)]

    def __enter__(self) -> Self:
        try:
            self.mail.start()
            for server in (self.redis, self.postgres):
                server.start()
            for server in (self.redis, self.postgres):
                server.wait()
            self.programs = self._programs()
            for program in self.programs:
                program.start(wait=False)
            for program in self.programs:
                program.wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process and remove the folder."""
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            stack.callback(self._end_strays)
            stack.callback(self.redis.stop)
            stack.callback(self.postgres.stop, "immediate")
            stack.callback(self.mail.stop)
            for program in self.programs:
                stack.callback(program.kill)

    @property
    def is_well(self) -> bool:
        """Every program runs and no job is left."""
        return (
            all(program.is_running for program in self.programs)
            and self.get("/") == 200
            and self.sql("SELECT count(*) FROM core_outboxentry WHERE key IS NULL")
            == [(0,)]
        )

    def sql(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of one statement, in a connection and a transaction of its own."""
        with psycopg.connect(
            self.postgres.url, connect_timeout=5, autocommit=True
        ) as connection:
            cursor = connection.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def get(self, path: str, timeout: float = 10) -> int:
        """The status of one GET; 0 where nobody answers."""
        with contextlib.closing(
            HTTPConnection("localhost", self.web_port, timeout=timeout)
        ) as connection:
            try:
                connection.request("GET", path, headers=PROXY_HEADERS)
                return connection.getresponse().status
            except (OSError, HTTPException):
                return 0

    def manage(self, *arguments: str) -> str:
        """What a management command prints; it ends well or raises."""
        return subprocess.check_output(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment("manage"),
            text=True,
            timeout=READY_SECONDS,
        )

    def environment(self, name: str) -> dict[str, str]:
        """Variables of the program ``name``: web, worker, worker1, beat, …"""
        kept = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "TMPDIR")
            if name in os.environ
        }
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
            "PYTHONPATH": PYTHONPATH,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.reliability.settings",
            "SECRET_KEY": "for-tests-of-faults",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "DEFAULT_FROM_EMAIL": "shop@example.com",
            "BASE_URL": self.url,
            "MEDIA_ROOT": str(self.media),
            "PRIVATE_ROOT": str(self.folder / "private"),
            "LISTEN": "127.0.0.1",
            "PORT": str(self.web_port),
            "WEB_CONCURRENCY": str(WEB_WORKERS),
            "GUNICORN_THREADS": str(WEB_THREADS),
            "GUNICORN_GRACEFUL_TIMEOUT": "5",
            "METRICS_PORT": str(self.metrics_ports.get(name, 0)),
            "RUN_DIR": str(self.folder / "run" / name),
            "FAULTS_DIR": str(self.folder),
            SHOP_VARIABLE: str(self.folder),
            **(self.clock.environment_of_python() if self.clock else {}),
            **self._extra,
        }

    def _programs(self) -> list[Program]:
        bin_folder = Path(sys.executable).parent
        gunicorn = [str(bin_folder / "gunicorn"), "storefront.wsgi"]
        gunicorn += ["--config", "docker/gunicorn.conf.py"]
        worker = [*_as_in_the_image("worker"), "--concurrency", str(POOL)]
        beat = _as_in_the_image("beat")
        return [
            self._program("web", gunicorn, self._web_answers),
            *(
                self._program(
                    f"worker{number or ''}",
                    [*worker, "--hostname", f"worker{number}@%h"],
                    _said(" ready."),
                )
                for number in range(self._counts["worker"])
            ),
            *(
                self._program(f"beat{number or ''}", beat, _said("beat: Starting"))
                for number in range(self._counts["beat"])
            ),
        ]

    def _web_answers(self, program: Program) -> bool:
        return self.get("/healthz/", timeout=2) == 200

    def _program(
        self, name: str, command: list[str], ready: Callable[[Program], bool]
    ) -> Program:
        environment = self.environment(name.rstrip("0123456789"))
        return Program(name, command, environment, self.folder / f"{name}.log", ready)

    def _copy(self, prepared: Path) -> None:
        """Data and media of the prepared shop, with their owners."""
        for source, target in (
            (prepared / "postgres" / "data", self.postgres.data),
            (prepared / "media", self.media),
        ):
            subprocess.run(["cp", "--archive", source, target], check=True)

    def _end_strays(self) -> None:
        """What lost its parent is known by a variable that only this shop's processes have."""
        wanted = f"{SHOP_VARIABLE}={self.folder}".encode()
        for pid in _process_ids():
            with contextlib.suppress(OSError):
                if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    os.kill(pid, signal.SIGKILL)


def _as_in_the_image(role: str) -> list[str]:
    """The command of ``docker/entrypoint``, which takes more arguments."""
    entrypoint = (ROOT / "docker/entrypoint").read_text()
    found = re.search(rf"exec celery .* {role} .*?(?=$| ;;)", entrypoint, re.MULTILINE)
    assert found, role
    return ["sh", "-c", found[0], role]


def _process_ids() -> Iterator[int]:
    return (
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()
    )
