"""What a process records of its requests. With a real web server: ``tests/reliability/test_stuck_requests.py``."""

import re
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest
import yaml

from foundation.observability import running
from foundation.observability.multiprocess import VARIABLE
from foundation.observability.running import (
    RECORD,
    Running,
    RunningRequests,
    running_read,
)

ROOT = Path(__file__).resolve().parents[3]
NO_PROCESS = 2**22 + 1
"""Greater than any process's identifier on Linux."""


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(running, "monotonic", lambda: now[0])
    return now


def test_oldest_request_of_all_threads_is_known(clock, folder):
    requests = RunningRequests(folder, threads=3)
    begun, over = Event(), Event()

    def answer() -> None:
        with requests.thread_busy():
            begun.set()
            over.wait(10)

    thread = Thread(target=answer)
    thread.start()
    begun.wait(10)
    clock[0] += 5
    with requests.thread_busy():
        clock[0] += 2
        both = running_read()
    over.set()
    thread.join(10)

    assert both == Running(oldest_seconds=7, busy=2, idle=1)
    assert running_read() == Running(oldest_seconds=0, busy=0, idle=3)


def test_processes_add_up_and_dead_ones_are_forgotten(clock, folder):
    RunningRequests(folder, threads=4)
    (folder / "running.1").write_bytes(RECORD.pack(990.0, 3, 4))
    dead = folder / f"running.{NO_PROCESS}"
    dead.write_bytes(RECORD.pack(1.0, 4, 4))

    assert running_read() == Running(oldest_seconds=10, busy=3, idle=5)
    assert not dead.exists()


def test_request_that_fails_has_ended(clock, folder):
    requests = RunningRequests(folder, threads=1)

    with pytest.raises(ZeroDivisionError), requests.thread_busy():
        raise ZeroDivisionError

    assert running_read() == Running(oldest_seconds=0, busy=0, idle=1)


def test_time_starts_again_with_each_part_of_body_and_answer(clock, folder):
    requests = RunningRequests(folder, threads=1)
    ages, closed = [], []

    class Parts:
        def __iter__(self):
            for _ in range(2):
                clock[0] += 200
                yield b"part"

        def close(self):
            closed.append(True)

    def application(environ, start_response):
        clock[0] += 100
        ages.append(running_read().oldest_seconds)
        body = environ["wsgi.input"]
        assert (body.read(2), body.readline(), list(body)) == (
            *(b"ab", b"c\n"),
            [b"d\n", b"e"],
        )
        ages.append(running_read().oldest_seconds)
        return Parts()

    environ = {"wsgi.input": BytesIO(b"abc\nd\ne"), "wsgi.file_wrapper": nullcontext}
    with requests.thread_busy():
        answer = requests.with_progress(application)(environ, None)
        ages += [running_read().oldest_seconds for _ in answer]
        answer.close()

    assert ages == [100, 0, 0, 0]
    assert closed == [True]


def test_file_is_left_to_the_server(folder):
    file = nullcontext()

    answer = RunningRequests(folder, threads=1).with_progress(lambda *arguments: file)(
        {"wsgi.input": BytesIO(), "wsgi.file_wrapper": nullcontext}, None
    )

    assert answer is file


def test_probe_that_shares_no_thread_with_visitors_is_no_request(clock, folder):
    requests = RunningRequests(folder, threads=1)

    requests.note_progress()

    assert running_read() == Running(oldest_seconds=0, busy=0, idle=1)


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 503)])
def test_liveness_fails_once_a_request_runs_longer_than_any_may(
    clock, folder, client, seconds, status
):
    with RunningRequests(folder, threads=1).thread_busy():
        clock[0] += seconds

        assert client.get("/healthz/").status_code == status


def test_stuck_request_is_logged_once_with_its_stack(clock, folder, caplog):
    requests = RunningRequests(folder, threads=1)

    with requests.thread_busy():
        requests.log_stuck()
        clock[0] += 301
        requests.log_stuck()
        requests.log_stuck()

    (record,) = caplog.records
    assert record.getMessage() == "A request is stuck."
    assert "test_stuck_request_is_logged_once_with_its_stack" in record.stack_info


READ_TIMEOUT = "nginx.ingress.kubernetes.io/proxy-read-timeout"


def test_request_that_a_proxy_still_waits_for_is_not_stuck(settings):
    ingresses = yaml.safe_load_all((ROOT / "k8s/base/ingress.yaml").read_text())
    nginx = (ROOT / "docker/nginx/nginx.conf").read_text()
    chart = (ROOT / "helm/ecommerce/values.yaml").read_text()
    waits = {
        int(ingress["metadata"]["annotations"][READ_TIMEOUT]) for ingress in ingresses
    }
    waits |= {int(each) for each in re.findall(r"proxy_read_timeout (\d+)s", nginx)}
    waits |= {int(each) for each in re.findall(r"readTimeout: (\d+)", chart)}

    assert max(waits) == 120
    assert 2 * max(waits) < settings.STUCK_REQUEST_SECONDS
