"""PostgreSQL and Redis of a test's own, to be stopped, frozen and started again."""

from __future__ import annotations

import contextlib
import glob
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import redis

ROOT = Path(__file__).resolve().parents[2]
PYTHONPATH = f"{ROOT / 'site'}{os.pathsep}{ROOT}"
READY_SECONDS = 60


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


def send_signal(pids: list[int], number: signal.Signals) -> None:
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
        send_signal(descendants(self.process.pid)[1:], signal.SIGSTOP)

    def resume(self) -> None:
        if self.process and self.process.poll() is None:
            send_signal(descendants(self.process.pid), signal.SIGCONT)


class Postgres(Frozen, services.Postgres):  # type: ignore[misc, name-defined]
    """The prepared database. Commits are written before they are answered, as in production."""

    variables: Mapping[str, str] = MappingProxyType({})
    """For its environment."""

    def command(self) -> list[str]:
        return [
            "/usr/bin/env",
            *(f"{name}={value}" for name, value in self.variables.items()),
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


class Clock:
    """A clock that jumps while programs run (libfaketime); waiting and timeouts stay real."""

    def __init__(self, folder: Path):
        self.file = folder / "clock"
        self.jump("+0")

    @staticmethod
    def library() -> str | None:
        """Where Debian's package ``faketime`` puts it."""
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        return found[0] if found else None

    def jump(self, offset: str) -> None:
        """``+1h``, ``-1d``: from the real time, seen by running programs within a second."""
        self.file.write_text(offset)
        self.file.chmod(0o644)

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def environment_of_python(self) -> dict[str, str]:
        folder = Path(__file__).parent / "faketime"  # its sitecustomize tells why
        path = f"{folder}{os.pathsep}{PYTHONPATH}"
        return self.environment() | {"PYTHONPATH": path}
