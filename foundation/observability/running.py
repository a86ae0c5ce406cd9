"""The requests that a web server is answering: how many, and since when.

A request that never ends takes a thread for good, and is in no other metric: these count
requests that have ended. Any process of a pod may answer a probe or a scrape, so each
process keeps a record for all of them, in a file beside their metrics.
"""

from __future__ import annotations

import logging
import os
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import IOBase
from pathlib import Path
from threading import Lock, get_ident
from time import monotonic
from traceback import format_stack
from typing import Any

from django.conf import settings

from foundation.observability import multiprocess

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PREFIX = "running."
RECORD = struct.Struct("dqq")
"""When the oldest request began (0 if none runs), busy threads, all threads."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """What the threads of all processes of one web server do."""

    oldest_seconds: float = 0
    busy: int = 0
    idle: int = 0


def running_read() -> Running:
    """Return what the processes of this web server have recorded."""
    folder = multiprocess.folder()
    oldest_seconds, busy, idle = 0.0, 0, 0
    for path in folder.glob(f"{PREFIX}*") if folder else ():
        if not multiprocess.is_alive(int(path.name.removeprefix(PREFIX))):
            path.unlink(missing_ok=True)
            continue
        with suppress(FileNotFoundError, struct.error):  # it ends or begins just now
            began, taken, threads = RECORD.unpack(path.read_bytes())
            oldest_seconds = max(oldest_seconds, monotonic() - began if began else 0)
            busy += taken
            idle += threads - taken
    return Running(oldest_seconds, busy, idle)


def is_stuck() -> bool:
    """Return whether a request has been running for longer than any may."""
    return running_read().oldest_seconds > settings.STUCK_REQUEST_SECONDS


class RunningRequests:
    """The record of one process: since when each of its threads answers a request.

    The time starts again whenever a part of the body arrives or a part of the answer is
    sent: an upload or an export may take long, as long as it moves.
    """

    def __init__(self, folder: Path, threads: int):
        self._threads = threads
        self._lock = Lock()
        self._began: dict[int, float] = {}
        """By the thread's identifier."""
        self._logged: dict[int, float] = {}
        self._file = (folder / f"{PREFIX}{os.getpid()}").open("wb", buffering=0)
        self._write()

    @contextmanager
    def thread_busy(self) -> Iterator[None]:
        """Count the current thread as busy with a request."""
        thread = get_ident()
        self._set(thread, monotonic())
        try:
            yield
        finally:
            self._set(thread, None)

    def note_progress(self) -> None:
        """Start the time of the current thread again, if it is busy with a request."""
        if (thread := get_ident()) in self._began:
            self._set(thread, monotonic())

    def with_progress(self, application: Application) -> Application:
        """Return a WSGI application that notes the progress of body and answer."""

        def noting(
            environ: dict[str, Any], start_response: Callable[..., Any]
        ) -> Iterable[bytes]:
            environ["wsgi.input"] = _Body(environ["wsgi.input"], self.note_progress)
            parts = application(environ, start_response)
            if isinstance(parts, environ["wsgi.file_wrapper"]):
                return parts  # the server sends the file by itself
            return _Answer(parts, self.note_progress)

        return noting

    def log_stuck(self) -> None:
        """Log where each stuck request waits, once: a restart leaves no other trace."""
        limit = monotonic() - settings.STUCK_REQUEST_SECONDS
        for thread, began in list(self._began.items()):
            if began < limit and self._logged.get(thread) != began:
                self._logged[thread] = began
                if frame := sys._current_frames().get(thread):
                    _log_error("A request is stuck.", "".join(format_stack(frame)))

    def _set(self, thread: int, began: float | None) -> None:
        with self._lock:
            if began is None:
                del self._began[thread]
            else:
                self._began[thread] = began
            self._write()

    def _write(self) -> None:
        oldest = min(self._began.values(), default=0.0)
        record = RECORD.pack(oldest, len(self._began), self._threads)
        os.pwrite(self._file.fileno(), record, 0)


def _log_error(message: str, stack: str) -> None:
    """As ``logger.error`` with ``stack_info``, but of another thread."""
    record = logger.makeRecord(
        logger.name, logging.ERROR, __file__, 0, message, (), None, sinfo=stack
    )
    logger.handle(record)


class _Body(IOBase):
    """A request's body that notes when a part of it has arrived."""

    def __init__(self, body: Any, note_progress: Callable[[], None]):
        self._body = body
        self._note_progress = note_progress

    def read(self, *size: int) -> bytes:
        part: bytes = self._body.read(*size)
        self._note_progress()
        return part

    def readline(self, *size: int) -> bytes:  # type: ignore[override]
        part: bytes = self._body.readline(*size)
        self._note_progress()
        return part


class _Answer:
    """An answer that notes when the server asks for its next part."""

    def __init__(self, parts: Iterable[bytes], note_progress: Callable[[], None]):
        self._parts = parts
        self._note_progress = note_progress

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._note_progress()
            yield part

    def close(self) -> None:
        if close := getattr(self._parts, "close", None):
            close()
