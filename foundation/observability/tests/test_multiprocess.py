"""Real processes, since what is tested is how they end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.observability import multiprocess

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import os, signal, sys
from prometheus_client import Counter, Gauge, Histogram
counter = Counter("tried_total", "", ["kind"])
histogram = Histogram("tried_seconds", "", buckets=(1, 2))
gauge = Gauge("tried_now", "", multiprocess_mode="liveall")
for number in range(int(sys.argv[1])):
    counter.labels("a").inc()
    histogram.observe(1.5)
gauge.set(1)
print("counted", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(multiprocess.VARIABLE, str(tmp_path))
    return tmp_path


def child(count: int) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "counted\n"
    return process


def kill(process: subprocess.Popen) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def read() -> dict[str, list[float]]:
    samples: dict[str, list[float]] = {}
    for metric in multiprocess.metrics_read():
        for sample in metric.samples:
            name = sample.name + sample.labels.get("le", "")
            samples.setdefault(name, []).append(sample.value)
    return samples


def test_living_processes_are_added_up(folder):
    children = [child(3), child(4)]
    try:
        told = read()
    finally:
        for each in children:
            kill(each)

    assert told["tried_total"] == [7]
    assert told["tried_seconds_count"] == [7]
    assert told["tried_seconds_bucket1.0"] == [0]
    assert told["tried_seconds_bucket2.0"] == [7]
    assert told["tried_now"] == [1, 1]


def test_killed_process_leaves_its_counts_and_no_gauge(folder):
    kill(child(3))
    kill(child(4))

    told = [read(), read()]

    for each in told:
        assert each["tried_total"] == [7]
        assert each["tried_seconds_bucket2.0"] == [7]
        assert each["tried_seconds_sum"] == [7 * 1.5]
        assert "tried_now" not in each


def test_files_do_not_pile_up(folder):
    for _ in range(4):
        kill(child(1))
        multiprocess.dead_archive()

    names = {path.name for path in folder.iterdir()}

    assert names == {"counter_dead.db", "histogram_dead.db", "lock"}
    assert read()["tried_total"] == [4]


def test_master_starts_empty_and_removes_what_dead_masters_left(tmp_path, monkeypatch):
    role = tmp_path / "metrics" / "web"
    own, living, dead = (
        role / str(os.getpid()),
        role / str(os.getppid()),
        role / "4000000",
    )
    for each in (own, living, dead):
        each.mkdir(parents=True)
        (each / "counter_1.db").touch()
    monkeypatch.setenv(multiprocess.VARIABLE, str(own))

    multiprocess.folder_empty()

    assert list(own.iterdir()) == []
    assert list(living.iterdir())
    assert not dead.exists()


def test_folder_is_refused_once_it_would_be_ignored(tmp_path):
    import prometheus_client  # noqa: F401

    with pytest.raises(RuntimeError, match="before its folder was chosen"):
        multiprocess.folder_choose(tmp_path, "web")
