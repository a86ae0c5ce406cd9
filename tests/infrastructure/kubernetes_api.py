"""A stand-in for Kubernetes' API, as far as Helm's ``lookup`` asks: one namespace, which may have the shop's secret."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KUBECONFIG = """apiVersion: v1
kind: Config
current-context: stand-in
clusters: [{{name: stand-in, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
contexts: [{{name: stand-in, context: {{cluster: stand-in, user: stand-in}}}}]
users: [{{name: stand-in, user: {{}}}}]
"""
KINDS = {"secrets": "Secret", "serviceaccounts": "ServiceAccount"}
DISCOVERY: dict[str, Any] = {
    "/version": {"major": "1", "minor": "31", "gitVersion": "v1.31.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [
            {"name": name, "namespaced": True, "kind": kind, "verbs": ["get"]}
            for name, kind in KINDS.items()
        ],
    },
}


@contextmanager
def cluster(folder: Path, *, namespace: str, secret: dict[str, str]) -> Iterator[Path]:
    """The kubeconfig of a cluster with ``namespace``; in it ``ecommerce-secrets``, if ``secret`` is not empty."""
    core = f"/api/v1/namespaces/{namespace}"
    answers = dict(DISCOVERY)
    answers[f"{core}/serviceaccounts/default"] = {"kind": "ServiceAccount"}
    if secret:
        answers[f"{core}/secrets/ecommerce-secrets"] = {
            "kind": "Secret",
            "data": secret,
        }

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path.partition("?")[0])
            missing = {"kind": "Status", "reason": "NotFound", "code": 404}
            body = json.dumps({"apiVersion": "v1", **(found or missing)}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = folder / "kubeconfig"
    config.write_text(KUBECONFIG.format(port=server.server_port))
    try:
        yield config
    finally:
        server.shutdown()
