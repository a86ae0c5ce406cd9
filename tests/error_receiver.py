"""A Sentry-compatible service that keeps what it is sent."""

from __future__ import annotations

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ErrorReceiver(ThreadingHTTPServer):
    """``bodies`` are the envelopes as they came; it answers after ``delay`` seconds."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[str] = []
        self.delay = 0.0

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server_port}/7"

    def events(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for body in self.bodies for line in body.splitlines()]
        return [line for line in lines if "event_id" in line and "platform" in line]


class _Handler(BaseHTTPRequestHandler):
    server: ErrorReceiver

    def do_POST(self) -> None:
        time.sleep(self.server.delay)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body.decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass
