"""Metrics of several processes in one answer.

gunicorn's workers and the children of a Celery worker each write their counts to files of
their own, in one folder (``prometheus_client``'s multiprocess mode); whichever is scraped adds
them up. A folder belongs to one master: ``RUN_DIR/metrics/<role>/<pid>``, so that two masters
never empty each other's.

The files of a child that has died are added to one archive: its counts stay, its gauges
go, and the number of files stays that of living children, however many come and go.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
ARCHIVE = "dead"


def folder_choose(run_dir: Path, role: str) -> None:
    """Let this master's children share their counts.

    Raises:
        RuntimeError: too late, ``prometheus_client`` reads the variable when it is imported.
    """
    folder = run_dir / "metrics" / role / str(os.getpid())
    if "prometheus_client" in sys.modules and os.environ.get(VARIABLE) != str(folder):
        raise RuntimeError(
            "prometheus_client was imported before its folder was chosen."
        )
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[VARIABLE] = str(folder)


def folder() -> Path | None:
    """Where the processes of this master share their counts; ``None`` where there is but one."""
    path = os.environ.get(VARIABLE)
    return Path(path) if path else None


def folder_empty() -> None:
    """A master starts: nothing is left of an earlier one, neither here nor of those that have ended."""
    own = folder()
    if own is None:
        return
    for left in own.parent.iterdir():
        if left != own and left.name.isdecimal() and not is_alive(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)
    for path in own.iterdir():
        path.unlink(missing_ok=True)


def metrics_read() -> Iterator[Metric]:
    """What all processes have counted, the dead ones too."""
    from prometheus_client.multiprocess import MultiProcessCollector

    path = folder()
    if path is None:
        return
    dead_archive()
    with _locked(path, fcntl.LOCK_SH):
        yield from MultiProcessCollector(None, str(path)).collect()


def dead_archive() -> None:
    """Add the counts of dead processes to the archive and remove their files."""
    path = folder()
    if path is None or not _files_of_dead(path):
        return
    with _locked(path, fcntl.LOCK_EX):
        for file in _files_of_dead(path):
            kind = file.name.split("_")[0]
            if kind != "gauge":  # a gauge tells how a process is, not what it did
                _add(file, path / f"{kind}_{ARCHIVE}.db")
            file.unlink()


def _add(file: Path, archive: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    sums = MmapedDict(str(archive))
    for key, value, _timestamp, _position in MmapedDict.read_all_values_from_file(file):
        sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    sums.close()


def _files_of_dead(path: Path) -> list[Path]:
    files = []
    for file in path.glob("*.db"):
        owner = file.stem.rpartition("_")[2]
        if owner != ARCHIVE and not is_alive(int(owner)):
            files.append(file)
    return files


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    """No scrape sees a file half added; held for milliseconds."""
    with (path / "lock").open("a") as lock:
        fcntl.flock(lock, how)
        yield
