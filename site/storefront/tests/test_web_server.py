"""The web server of docker/gunicorn.conf.py, run for real."""

import os
import subprocess
import sys
from pathlib import Path

from storefront.settings.env import ROOT

STOPPED_EARLY = """
import os
import signal
from pathlib import Path

exec(Path("docker/gunicorn.conf.py").read_text())


def post_worker_init(worker):
    worker.alive = False  # as SIGTERM does, here before the worker listens


def child_exit(server, worker):
    os.kill(os.getpid(), signal.SIGTERM)
"""
APP = """
def app(environ, start_response):
    start_response("204 No Content", [])
    return []
"""


def test_worker_that_is_stopped_before_it_listens_ends_without_an_error(
    tmp_path: Path,
) -> None:
    (tmp_path / "conf.py").write_text(STOPPED_EARLY)
    (tmp_path / "bare.py").write_text(APP)

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "bare:app",
            "--config",
            tmp_path / "conf.py",
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "LISTEN": "127.0.0.1",
            "METRICS_PORT": "0",
            "PORT": "0",
            "PYTHONPATH": f"{tmp_path}:{ROOT / 'site'}:{ROOT}",
            "RUN_DIR": str(tmp_path / "run"),
            "WEB_CONCURRENCY": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
