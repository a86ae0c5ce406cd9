"""Tasks that do what a task should not do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from celery import shared_task
from django.conf import settings


def _note(name: str) -> None:
    with (Path(settings.FAULTS_DIR) / name).open("a") as notes:
        notes.write(f"{os.getpid()}\n")


@shared_task(name="tests.faults.task_fail")
def task_fail(name: str) -> None:
    """Fails as long as its cause is there: no file ``<name>.healed``."""
    _note(f"{name}.runs")
    if not (Path(settings.FAULTS_DIR) / f"{name}.healed").exists():
        raise ValueError("The cause is still there.")


@shared_task(name="tests.faults.task_kill")
def task_kill(name: str) -> None:
    """Kills the process it runs in, as the kernel does when memory runs out."""
    _note(f"{name}.runs")
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(name="tests.faults.task_wait")
def task_wait(name: str, seconds: float) -> None:
    """Takes its time: a kill in between is certain to interrupt it."""
    _note(f"{name}.begun")
    time.sleep(seconds)
    _note(f"{name}.done")
