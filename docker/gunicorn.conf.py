"""The web server, in production and in `make demo`: `gunicorn storefront.wsgi --config docker/gunicorn.conf.py`.

Set by the environment (docs/reference/settings.md) alone: `--bind` on the command line would
take the place of both ports.
"""

import logging
import os
import select
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings.production")
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "4")

from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

from foundation.observability import multiprocess
from foundation.observability.running import RunningRequests
from storefront.preflight import misfortunes_told

with misfortunes_told():
    settings.RUN_DIR  # noqa: B018  # now, while what is wrong with it is told in one line
    from storefront.settings import web

multiprocess.folder_choose(settings.RUN_DIR, "web")

bind = [f"{host}:{web.PORT}" for host in settings.LISTEN]
if settings.METRICS_PORT:
    bind += [f"{host}:{settings.METRICS_PORT}" for host in settings.LISTEN]


class Worker(ThreadWorker):
    """Keeps a thread for METRICS_PORT, and takes leave of visitors in good order.

    Probes and Prometheus would wait behind all who came before: a crowd would get each pod restarted.

    When it stops, it takes who has connected already and then closes the door at once. gthread (27.0) leaves the door
    open until its last request is answered, and resets whoever came meanwhile: lost, where the proxy may not send it
    elsewhere.

    It records what its threads are busy with, so that probes and Prometheus see those that are stuck.
    """

    def init_process(self):
        self.metrics_thread = ThreadPoolExecutor(1)
        self.running = RunningRequests(multiprocess.folder(), self.cfg.threads)
        super().init_process()

    def load_wsgi(self):
        super().load_wsgi()
        self.wsgi = self.running.with_progress(self.wsgi)

    def notify(self):
        super().notify()
        self.running.log_stuck()

    def handle(self, conn):
        if conn.server[1] == settings.METRICS_PORT:
            return super().handle(conn)
        with self.running.thread_busy():
            return super().handle(conn)

    def enqueue_req(self, conn):
        if conn.server[1] != settings.METRICS_PORT:
            super().enqueue_req(conn)
            return
        answered = self.metrics_thread.submit(self.handle, conn)
        answered.add_done_callback(
            lambda future: self.method_queue.defer(self.finish_request, conn, future)
        )

    def set_accept_enabled(self, enabled):
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        while self.sockets:  # called again, there is nothing left to close
            listener = self.sockets.pop()
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()


worker_class = Worker
workers = web.WORKERS
threads = web.THREADS
timeout = web.TIMEOUT
graceful_timeout = web.GRACEFUL_TIMEOUT
keepalive = web.KEEPALIVE
max_requests = web.MAX_REQUESTS
max_requests_jitter = web.MAX_REQUESTS // 10
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # a heartbeat, in memory
control_socket_disable = True

accesslog = (
    None  # foundation.observability.requests writes the line, without path and query
)
logconfig_dict = settings.LOGGING
logging.captureWarnings(True)


def on_starting(server):
    multiprocess.folder_empty()
    # A container that is started again in its pod finds what the last one's end left.
    (settings.RUN_DIR / "draining").unlink(missing_ok=True)


def child_exit(server, worker):
    multiprocess.dead_archive()
