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
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import psycopg
import redis

from tests.reliability.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = ROOT / "docker" / "gunicorn.conf.py"
READY_SECONDS = 60
STOP_SECONDS = 30
WEB_WORKERS, WEB_THREADS, POOL = 2, 4, 2
PROXY_HEADERS = {"X-Forwarded-Proto": "https"}
"""What the proxy that ends TLS adds."""
SHOP_VARIABLE = "STOREFRONT_TEST_SHOP"


def _load_services() -> ModuleType:
    """``scripts/services`` knows the servers' programs and the account they run as."""
    loader = SourceFileLoader("storefront_services", str(ROOT / "scripts" / "services"))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


services = _load_services()


def wait_for(
    condition: Callable[[], Any], what: str, seconds: float = READY_SECONDS
) -> float:
    """Wait until the condition holds; the seconds it took. Raises: AssertionError after ``seconds``."""
    began = time.monotonic()
    while not condition():
        passed = time.monotonic() - began
        assert passed < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


def descendants(pid: int) -> list[int]:
    """The process and all that it and its children started; parents first."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


# --- Servers ----------------------------------------------------------------------


class Frozen:
    """A server that can hang: connections are taken, nothing is answered."""

    process: subprocess.Popen[bytes] | None

    def pause(self) -> None:
        assert self.process
        # Parents first, so that a frozen parent starts nothing behind our back.
        os.kill(self.process.pid, signal.SIGSTOP)
        _signal(descendants(self.process.pid)[1:], signal.SIGSTOP)

    def resume(self) -> None:
        if self.process and self.process.poll() is None:
            _signal(descendants(self.process.pid), signal.SIGCONT)


class Postgres(Frozen, services.Postgres):  # type: ignore[misc, name-defined]
    """The prepared database. Commits are written before they are answered, as in production."""

    clock: tuple[str, ...] = ()

    def command(self) -> list[str]:
        return [
            *self.clock,
            *super().command(),
            "--synchronous_commit=on",
            "--log_min_messages=warning",
        ]

    def run_again(self) -> None:
        """Start and wait until connections are accepted."""
        self.start()
        self.wait()

    def stop(self, mode: str = "fast") -> None:
        """``fast`` ends sessions and writes a checkpoint, ``immediate`` is a crash."""
        self.resume()
        self.stop_signal = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode]
        super().stop()


class Redis(Frozen, services.Redis):  # type: ignore[misc, name-defined]
    """Cache and broker; keeps nothing when it is stopped."""

    def run_again(self) -> None:
        self.start()
        self.wait()

    def stop(self) -> None:
        self.resume()
        super().stop()

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()


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
                preexec_fn=services.dying_with_us(signal.SIGTERM),  # noqa: PLW1509
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
            _signal([max(children)], signal.SIGKILL)

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
    (``tests.reliability.conftest.prepared``). ``extra`` adds environment variables.
    """

    def __init__(
        self,
        prepared: Path,
        *,
        workers: int = 1,
        beats: int = 1,
        extra: dict[str, str] | None = None,
        clock: Clock | None = None,
    ):
        self.folder = Path(
            subprocess.check_output(
                ["mktemp", "--directory", str(prepared.parent / "shop-XXXXXX")],
                text=True,
            ).strip()
        )
        self.folder.chmod(0o755)
        self.clock = clock
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
        self.mail = Mailbox(port=services.free_port())
        self.media = self.folder / "media"
        self._copy(prepared)
        self.web_port = services.free_port()
        self.metrics_ports = {
            name: services.free_port() for name in ("web", "worker", "beat")
        }
        self.url = f"http://localhost:{self.web_port}"
        self._extra = extra or {}
        self._counts = {"worker": workers, "beat": beats}
        self.programs: list[Program] = []

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

    def environment(self, role: str) -> dict[str, str]:
        """Variables of one of the shop's programs."""
        kept = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "TMPDIR")
            if name in os.environ
        }
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.reliability.settings",
            "SECRET_KEY": "for-tests-of-faults",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "DEFAULT_FROM_EMAIL": "shop@example.com",
            "BASE_URL": self.url,
            "MEDIA_ROOT": str(self.media),
            "RUN_DIR": str(self.folder / "run"),
            "METRICS_PORT": str(self.metrics_ports.get(role, 0)),
            "FAULTS_DIR": str(self.folder),
            SHOP_VARIABLE: str(self.folder),
            **(self.clock.environment() if self.clock else {}),
            **self._extra,
        }

    def _programs(self) -> list[Program]:
        bin_folder = Path(sys.executable).parent
        celery = [str(bin_folder / "celery"), "--quiet", "--app", "storefront"]
        worker = ["worker", "--loglevel", "info", "--concurrency", str(POOL)]
        beat = ["beat", "--loglevel", "info", "--pidfile="]
        return [
            self._program("web", self._gunicorn(bin_folder), self._web_answers),
            *(
                self._program(
                    f"worker{number}",
                    [*celery, *worker, "--hostname", f"worker{number}@%h"],
                    _said(" ready."),
                )
                for number in range(self._counts["worker"])
            ),
            *(
                self._program(
                    f"beat{number}", [*celery, *beat], _said("beat: Starting")
                )
                for number in range(self._counts["beat"])
            ),
        ]

    def _gunicorn(self, bin_folder: Path) -> list[str]:
        command = [str(bin_folder / "gunicorn"), "storefront.wsgi"]
        if GUNICORN.exists():
            command += ["--config", str(GUNICORN)]
        return [
            *command,
            *("--bind", f"127.0.0.1:{self.web_port}"),
            *("--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)),
            *("--graceful-timeout", "5"),
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


def _process_ids() -> Iterator[int]:
    return (
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()
    )


class Clock:
    """A clock that jumps while programs run (libfaketime); waiting and timeouts stay real."""

    LIBRARIES = (
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    )

    def __init__(self, folder: Path):
        self.file = folder / "clock"
        self.library = next(filter(os.path.exists, self.LIBRARIES), None)
        self.jump("+0")

    @property
    def is_available(self) -> bool:
        return self.library is not None

    def jump(self, offset: str) -> None:
        """``+1h``, ``-1d``: from the real time, seen by running programs within a second."""
        self.file.write_text(offset)
        self.file.chmod(0o644)

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
