"""Django's tasks (``django_tasks``: Wagtail's and modelsearch's) on the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from socket import gethostname
from typing import Any
from uuid import uuid4

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskContext, TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from django_tasks.signals import task_enqueued

from foundation.core import queueing

RUN_TASK = "foundation.core.tasks.django_task_run"
ONE_FOR_ALL = {
    "modelsearch.tasks.insert_or_update_object_task",
    "wagtail.tasks.update_reference_index_task",
}
"""Tasks that bring an index up to date with the tables; each in its ``lane``.

With the same arguments one run answers all that wait.
"""
LANE_SECONDS = 10
"""How long a lane's owner may be silent between two statements."""
KEY_LENGTH = 200


class OutboxBackend(BaseTaskBackend):
    """Writes a task in the transaction that enqueues it; a Celery worker runs it after the commit.

    Which queue, says ``JOB_ROUTES`` by the path of the task's function. Priority,
    ``run_after``, coroutines and results are refused, as the base class does.
    """

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        result = _result(task, args, kwargs, id=str(uuid4()), backend=self.alias)
        path = task.module_path
        key = f"{path}:{json.dumps([result.args, result.kwargs], sort_keys=True)}"
        queueing.entry_write(
            task=RUN_TASK,
            kwargs={
                "path": path,
                "args": result.args,
                "kwargs": result.kwargs,
                "result_id": result.id,
            },
            queue=queueing.queue_of(path),
            key=key if path in ONE_FOR_ALL and len(key) <= KEY_LENGTH else None,
        )
        task_enqueued.send(type(self), task_result=result)
        return result


def django_task_run(
    *, path: str, args: list[Any], kwargs: dict[str, Any], result_id: str
) -> None:
    """Run a task of Django's. What it is about may be gone by now: then nothing is left to do."""
    task: Task = import_string(path)
    if task.takes_context:
        started = _result(
            task,
            args,
            kwargs,
            id=result_id,
            backend=task.backend,
            status=TaskResultStatus.RUNNING,
        )
        args = [TaskContext(task_result=started), *args]
    try:
        with lane(path) if path in ONE_FOR_ALL else nullcontext():
            task.call(*args, **kwargs)
    except ObjectDoesNotExist:
        return


@contextmanager
def lane(path: str) -> Iterator[None]:
    """A transaction that reads and writes what the task ``path`` does, while no other one does.

    A worker that was frozen between reading and writing would else replace what another
    one has written since. PostgreSQL takes the lane from it after ``LANE_SECONDS``. One
    lane for all objects, because ``modelsearch`` writes into entries of others too (their
    ``title_norm``): two transactions side by side would wait for each other.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true),"
            " pg_advisory_xact_lock(hashtext(%s))",
            [f"{LANE_SECONDS}s", path],
        )
        yield


def _result(
    task: Task,
    args: Any,
    kwargs: Any,
    *,
    id: str,  # noqa: A002 -- its name in django_tasks
    backend: str,
    status: TaskResultStatus = TaskResultStatus.READY,
) -> TaskResult:
    now = timezone.now()
    runs = status == TaskResultStatus.RUNNING
    return TaskResult(
        task=task,
        id=id,
        status=status,
        enqueued_at=now,
        started_at=now if runs else None,
        last_attempted_at=now if runs else None,
        finished_at=None,
        args=args,
        kwargs=kwargs,
        backend=backend,
        errors=[],
        worker_ids=[gethostname()] if runs else [],
    )
