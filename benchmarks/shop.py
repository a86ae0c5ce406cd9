"""One pod of each kind, its servers beside it: what is measured.

Everything runs on this machine, in the folder ``.local/bench``: the default demo shop, made at
the first run, and for each run a copy of its database. Programs have the settings of
production; numbers of processes and threads, the servers' arguments and the limit of CPUs are
those of ``k8s/base``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.request import urlopen

import psycopg
import redis

from benchmarks.accounts import Reading, counters, cpu_seconds, parent_of
from benchmarks.manifests import container
from tests.reliability.mailbox import Mailbox
from tests.reliability.processes import Program
from tests.reliability.servers import PYTHONPATH, ROOT, Postgres, Redis, services

FOLDER = ROOT / ".local" / "bench"
SIZE = "default"
STOCK = 1_000_000
IDLE_SECONDS = 60
"""How long requests that visitors have left behind may keep the pod from answering."""
IDLE_LOOKS = 40
"""How often, 0.7 s apart, it is looked whether requests have ended."""
PREPARED = """
UPDATE partner_stockrecord SET num_in_stock = %(stock)s, num_allocated = 0 WHERE num_in_stock IS NOT NULL;
DELETE FROM core_outboxentry;
VACUUM ANALYZE;
"""
NGINX = """
{user}
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr;
events {{ worker_connections 512; }}
http {{
    access_log off; sendfile on; keepalive_requests 1000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; location /static/ {{ alias {static}/; }} }}
}}
"""


class Problem(Exception):  # noqa: N818
    """What is missing, and what to do about it."""


class ProductionPostgres(Postgres):
    """With the arguments of the StatefulSet; commits wait for the disk."""

    def command(self) -> list[str]:
        arguments = container("statefulsets.yaml", "StatefulSet", "ecommerce-postgres")
        settings = [each for each in arguments["args"] if "=" in each]
        return [*super().command(), *(f"--{each}" for each in settings)]


def program_path(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if not found:
        raise Problem(f"{name} is missing: install it (Debian: apt install {package}).")
    return found


class Shop:
    """``with Shop() as shop:`` – PostgreSQL, Redis, mail server and a shop ready to be started."""

    def __init__(self) -> None:
        account = services.servers_account()
        folder = services.kept_folder(FOLDER)
        self.lock = services.locked(folder)
        if self.lock is None:
            raise Problem("A benchmark runs already.")
        password = services.kept_password(folder / "password", account)
        self.postgres = ProductionPostgres(
            folder, password, account, False, services.postgres_bindir(account, False)
        )
        self.redis = Redis(
            folder, password, account, True, services.redis_program(account, False)
        )
        self.mail = Mailbox(port=services.free_port())
        self.port, self.metrics_port = services.free_port(), services.free_port()
        self.nginx_port = services.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self.lock.close)
            stack.callback(self.postgres.stop)
            stack.callback(self.redis.stop)
            self.postgres.prepare()
            for server in (self.redis, self.postgres):
                server.start()
            for server in (self.redis, self.postgres):
                server.wait()
            self.mail.start()
            stack.callback(self.mail.stop)
            self._seed()
            self._copy()
            self.database = stack.enter_context(self._connect("bench"))
            self.cache = stack.enter_context(redis.Redis.from_url(self.redis.url))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    # --- Programs -----------------------------------------------------------------

    @contextmanager
    def web(self) -> Iterator[Program]:
        command = ["gunicorn", "storefront.wsgi", "--config", "docker/gunicorn.conf.py"]
        limits = container("deployment.yaml", "Deployment", "ecommerce-web")
        with self._running("web", command, limits, self._answers) as program:
            yield program

    @contextmanager
    def worker(self) -> Iterator[Program]:
        command = ["celery", "--app", "storefront", "worker", "--without-gossip"]
        command += ["--without-mingle", "--loglevel", "info"]
        name = "ecommerce-celery-worker"
        limits = container("celery-deployment.yaml", "Deployment", name)
        with self._running("worker", command, limits, _said(" ready.")) as program:
            yield program

    @contextmanager
    def beat(self) -> Iterator[Program]:
        command = ["celery", "--app", "storefront", "beat", "--pidfile="]
        name = "ecommerce-celery-beat"
        limits = container("beat-deployment.yaml", "Deployment", name)
        starting = _said("beat: Starting")
        with self._running("beat", command, limits, starting) as program:
            yield program

    @contextmanager
    def nginx(self) -> Iterator[str]:
        """A plain nginx with the shop's static files; its address."""
        folder = FOLDER / "nginx"
        folder.mkdir(exist_ok=True)
        (folder / "nginx.conf").write_text(
            NGINX.format(
                user="user root;" if os.geteuid() == 0 else "",
                folder=folder.resolve(),
                port=self.nginx_port,
                static=(FOLDER / "static").resolve(),
            )
        )
        path = program_path("nginx", "nginx-light")
        command = [path, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        url = f"http://127.0.0.1:{self.nginx_port}"
        ready = lambda program: _is_answered(f"{url}/static/staticfiles.json")  # noqa: E731
        with self._running("nginx", command, {}, ready):
            yield url

    def reading(self, program: Program) -> Reading:
        """What the program and PostgreSQL have used until now."""
        wait = statements = requests = 0.0
        if program.name == "web":
            wait, statements, requests = self._counters()
        server = self.redis.process
        backend = self.database.info.backend_pid
        return Reading(
            program_cpu=cpu_seconds(program.pid),
            database_cpu=cpu_seconds(parent_of(backend)),
            database_wait=wait,
            statements=statements,
            requests=requests,
            redis_cpu=cpu_seconds(server.pid) if server else 0,
            redis_commands=self.cache.info("stats")["total_commands_processed"],
        )

    def _counters(self) -> tuple[float, float, float]:
        address = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urlopen(address, timeout=IDLE_SECONDS) as answer:
            return counters(answer.read().decode())

    def wait_until_idle(self) -> None:
        """Visitors who have gone leave requests behind; they are counted, so they must end."""
        before = -1.0
        for _ in range(IDLE_LOOKS):
            if before == (now := self._counters()[2]):
                return
            before = now
            time.sleep(0.7)
        raise Problem("Somebody else asks the shop that is measured.")

    def environment(self, role: str) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": PYTHONPATH,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "SECRET_KEY": "for-measurements-only",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATABASE_URL": re.sub(r"/storefront$", "/bench", self.postgres.url),
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "DEFAULT_FROM_EMAIL": "shop@example.com",
            "LISTEN": "127.0.0.1",
            "PORT": str(self.port),
            "METRICS_PORT": str(self.metrics_port if role == "web" else 0),
            "GUNICORN_MAX_REQUESTS": "0",  # a start in the midst would be measured
            "MEDIA_ROOT": str(FOLDER / "copy"),
            "PRIVATE_ROOT": str(FOLDER / "private"),
            "STATIC_ROOT": str(FOLDER / "static"),
            "RUN_DIR": str(FOLDER / "run" / role),
        }

    # --- Making -------------------------------------------------------------------

    @contextmanager
    def _running(
        self,
        name: str,
        command: list[str],
        limits: dict[str, Any],
        ready: Any,
    ) -> Iterator[Program]:
        cpus = int(limits["resources"]["limits"]["cpu"]) if limits else os.cpu_count()
        if cpus and cpus < (os.cpu_count() or 1):
            command = ["taskset", "--cpu-list", f"0-{cpus - 1}", *command]
        log = FOLDER / f"{name}.log"
        log.unlink(missing_ok=True)
        program = Program(name, command, self.environment(name), log, ready)
        try:
            program.start()
            yield program
        finally:
            program.stop()

    def _answers(self, program: Program) -> bool:
        return _is_answered(f"{self.url}/readyz/")

    def _connect(self, name: str) -> psycopg.Connection:
        address = re.sub(r"/storefront$", f"/{name}", self.postgres.url)
        return psycopg.connect(address, autocommit=True)

    def watcher(self) -> psycopg.Connection:
        """A further connection to the measured database, for another thread."""
        return self._connect("bench")

    def _seed(self) -> None:
        """The demo shop, once; static files, each time."""
        environment = self.environment("manage")
        seeded = environment | {
            "DATABASE_URL": self.postgres.url,
            "MEDIA_ROOT": str(FOLDER / "media"),
        }
        commands = [["migrate", "--no-input"], ["collectstatic", "--no-input"]]
        if not (FOLDER / "seeded").exists():
            commands.append(["seed", "--size", SIZE])
        for arguments in commands:
            print(f"→ manage.py {' '.join(arguments)}", file=sys.stderr, flush=True)
            done = subprocess.run(
                [sys.executable, "manage.py", *arguments, "--verbosity=0"],
                cwd=ROOT,
                env=seeded,
                check=False,
                stdout=sys.stderr,
            )
            if done.returncode:
                raise Problem(f"manage.py {arguments[0]} failed, as it says above.")
        (FOLDER / "seeded").touch()

    def _copy(self) -> None:
        """Database and pictures of this run."""
        shutil.rmtree(FOLDER / "copy", ignore_errors=True)
        subprocess.run(
            ["cp", "--archive", "--link", FOLDER / "media", FOLDER / "copy"], check=True
        )
        with self._connect("postgres") as server:
            server.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
            server.execute("CREATE DATABASE bench TEMPLATE storefront")
        with self._connect("bench") as server:
            for statement in PREPARED.strip().rstrip(";").split(";\n"):
                server.execute(
                    statement, {"stock": STOCK} if "%" in statement else None
                )


def _said(text: str) -> Any:
    return lambda program: text in program.said()


def _is_answered(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
