"""Which request and which job is in work: said in every log line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_task: ContextVar[dict[str, Any]] = ContextVar("task", default={})  # noqa: B039  # never changed


def current_request_id() -> str:
    """The id of the request, or of the request that caused this task; empty outside both."""
    return _request_id.get()


def request_id_from(header: str) -> str:
    """The id that a proxy gave, if it has the form of one; else a new one."""
    return header if ACCEPTED.fullmatch(header) else uuid4().hex


@contextmanager
def request_id_bound(request_id: str) -> Iterator[None]:
    """All that happens inside belongs to the request ``request_id``."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def current_task() -> dict[str, Any]:
    """``task`` (its name) and ``outbox`` (its entry's key) of the job in work; empty outside one."""
    return _task.get()


@contextmanager
def task_bound(task: str, entry_id: int) -> Iterator[None]:
    """All that happens inside belongs to this job."""
    token = _task.set({"task": task, "outbox": entry_id})
    try:
        yield
    finally:
        _task.reset(token)
