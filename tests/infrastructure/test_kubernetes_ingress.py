"""The ingress's redirect, limits and headers, by a real nginx with the configuration the controller would write."""

import getpass
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from django.utils.module_loading import import_string

from tests.infrastructure.ingress_nginx import Ports, configuration
from tests.infrastructure.manifests import CHECKOUT, K8S, of_kind, overlay, program

VALUES = yaml.safe_load((K8S / "ingress-nginx/values.yaml").read_text())
BEHIND_CLOUDFLARE = yaml.safe_load((K8S / "ingress-nginx/cloudflare.yaml").read_text())
VALUES["controller"]["config"] |= BEHIND_CLOUDFLARE["controller"]["config"]
HOST = "shop.example.com"
CLOUDFLARE = "127.0.0.2"
"""Stands for an address of Cloudflare's: requests from it name their visitor."""
MEGABYTE = 2**20


class Shop(BaseHTTPRequestHandler):
    """Answers what the shop would; `/slow` waits until the test lets it go."""

    protocol_version = "HTTP/1.1"
    release = threading.Event()

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if "X-Answer" in self.headers:
            length, self.close_connection = 0, True
        while length > 0:
            length -= len(self.rfile.read(min(length, MEGABYTE)))
        if self.path == "/slow":
            self.release.wait(20)
        body = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("Strict-Transport-Security", "max-age=60")
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@dataclass(frozen=True)
class Edge:
    ports: Ports
    folder: Path

    @contextmanager
    def connection(self, source: str = "127.0.0.1") -> Iterator[HTTPSConnection]:
        connection = HTTPSConnection(
            "127.0.0.1",
            self.ports.tls,
            timeout=30,
            context=ssl._create_unverified_context(),  # noqa: S323  # its own certificate
            source_address=(source, 0),
        )
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, path: str = "/", visitor: str = "", **options) -> HTTPResponse:
        """One request, by ``visitor`` if it comes through Cloudflare; the body is read."""
        with self.connection(CLOUDFLARE if visitor else "127.0.0.1") as connection:
            headers = (
                {"Host": HOST, "CF-Connecting-IP": visitor}
                if visitor
                else {"Host": HOST}
            )
            connection.request(
                options.get("method", "GET"),
                path,
                body=options.get("body"),
                headers=headers | options.get("headers", {}),
            )
            answer = connection.getresponse()
            answer.text = answer.read().decode()
            return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate_make(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"),
            *("-subj", f"/CN={HOST}", "-keyout", "tls.key", "-out", "tls.crt"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=30,
    )


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """nginx in front of a stand-in of the shop."""
    program("nginx")
    program("kubectl")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    certificate_make(folder)
    shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    ports = Ports(plain=free_port(), tls=free_port(), upstream=shop.server_port)
    ingresses = of_kind(overlay("production"), "Ingress")
    text = configuration(folder, ports, ingresses, VALUES, also_trusted=CLOUDFLARE)
    owner = f"user {getpass.getuser()};\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(owner + text)
    process = subprocess.Popen(
        [program("nginx"), "-p", folder, "-c", folder / "nginx.conf"]
    )
    try:
        wait_for(ports.tls, process)
        yield Edge(ports, folder)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shop.shutdown()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx did not start")


def security_headers(answer: HTTPResponse) -> dict[str, str | None]:
    return {name: answer.getheader(name) for name in VALUES["controller"]["addHeaders"]}


def test_links_that_are_secrets_and_visitors_are_in_no_log(edge: Edge) -> None:
    answer = edge.ask("/password-reset/confirm/canary/", visitor="203.0.113.77")

    assert answer.status == 200
    logs = "".join(path.read_text() for path in edge.folder.glob("*.log"))
    assert "canary" not in logs
    assert "203.0.113.77" not in logs


def test_plain_http_is_redirected_with_path_and_method(edge: Edge) -> None:
    connection = HTTPConnection("127.0.0.1", edge.ports.plain, timeout=30)
    connection.request("POST", "/basket/add/1/?a=b", headers={"Host": HOST})
    answer = connection.getresponse()
    connection.close()

    assert answer.status == 308  # keeps the method
    assert answer.getheader("Location") == f"https://{HOST}/basket/add/1/?a=b"
    assert security_headers(answer) == VALUES["controller"]["addHeaders"]


def test_https_is_demanded_once_and_as_the_shop_does(edge: Edge) -> None:
    answer = edge.ask()

    production = (CHECKOUT / "site/storefront/settings/production.py").read_text()
    (seconds,) = re.findall(r'"SECURE_HSTS_SECONDS", default=([\d_]+)', production)
    assert "SECURE_HSTS_INCLUDE_SUBDOMAINS = True" in production
    assert "SECURE_HSTS_PRELOAD = True" in production
    assert answer.headers.get_all("Strict-Transport-Security") == [
        f"max-age={int(seconds)}; includeSubDomains; preload"
    ]


def test_headers_of_the_edge_are_those_of_the_shop(edge: Edge) -> None:
    shop = {
        name: import_string(f"storefront.settings.base.{name}")
        for name in ("X_FRAME_OPTIONS", "SECURE_REFERRER_POLICY")
    }

    answer = edge.ask()

    assert security_headers(answer) == {
        "Referrer-Policy": shop["SECURE_REFERRER_POLICY"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": shop["X_FRAME_OPTIONS"],
    }
    assert answer.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert answer.getheader("Server") == "nginx"  # no version


def test_shop_learns_host_scheme_and_visitor(edge: Edge) -> None:
    said = edge.ask(visitor="203.0.113.7", headers={"X-Forwarded-For": "1.2.3.4"}).text

    assert f"Host: {HOST}" in said
    assert "X-Forwarded-Proto: https" in said
    assert "X-Forwarded-For: 203.0.113.7" in said
    assert "1.2.3.4" not in said


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [
        ("/basket/", 1, 200),
        ("/basket/", 3, 413),
        ("/cmsx", 3, 413),
        ("/cms/pages/1/edit/", 3, 200),
        ("/cms/pages/1/edit/", 5, 413),
        ("/dashboard", 3, 200),
        ("/dashboard", 5, 413),
        ("/cms/images/add/", 5, 200),
        ("/dashboard/catalogue/products/1/", 5, 200),
    ],
)
def test_size_of_a_request_is_limited(
    edge: Edge, path: str, megabytes: int, status: int
) -> None:
    answer = edge.ask(
        path, visitor="203.0.113.8", method="POST", body=b"x" * (megabytes * MEGABYTE)
    )

    assert answer.status == status
    assert security_headers(answer) == VALUES["controller"]["addHeaders"]


def test_files_of_staff_are_passed_on_as_they_come(edge: Edge) -> None:
    """The shop answers by the head of the request; what the controller stored would be a stranger's."""
    with edge.connection() as connection:
        connection.putrequest("POST", "/cms/documents/add/", skip_host=True)
        connection.putheader("Host", HOST)
        connection.putheader("X-Answer", "at once")
        connection.putheader("Content-Length", str(64 * MEGABYTE))
        connection.endheaders()
        connection.send(b"x" * 1000)

        assert connection.getresponse().status == 200


def test_uploads_have_a_limit_too(edge: Edge) -> None:
    with edge.connection() as connection:
        connection.putrequest("POST", "/cms/documents/add/", skip_host=True)
        connection.putheader("Host", HOST)
        connection.putheader("Content-Length", str(257 * MEGABYTE))
        connection.endheaders()

        assert connection.getresponse().status == 413


def flood(edge: Edge, visitor: str) -> list[int]:
    """Statuses of requests in a row until one is not 200; a thousand at most."""
    statuses = [200]
    with edge.connection(CLOUDFLARE) as connection:
        while statuses[-1] == 200 and len(statuses) < 1000:
            connection.request(
                "GET", "/", headers={"Host": HOST, "CF-Connecting-IP": visitor}
            )
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
    return statuses


def test_too_many_requests_of_a_visitor_are_refused_and_of_nobody_else(
    edge: Edge,
) -> None:
    statuses = flood(edge, "203.0.113.9")

    assert len(statuses) > 101  # 20 a second, five times, and the first
    assert statuses[-1] == 429
    assert edge.ask(visitor="203.0.113.10").status == 200


def test_only_cloudflare_may_name_the_visitor(edge: Edge) -> None:
    with edge.connection("127.0.0.3") as connection:
        connection.request(
            "GET", "/", headers={"Host": HOST, "CF-Connecting-IP": "203.0.113.11"}
        )
        said = connection.getresponse().read().decode()

    assert "X-Forwarded-For: 127.0.0.3" in said


def test_too_many_requests_at_once_are_refused(edge: Edge) -> None:
    Shop.release.clear()
    statuses: list[int] = []

    def wait() -> None:
        statuses.append(edge.ask("/slow", visitor="203.0.113.12").status)

    threads = [threading.Thread(target=wait) for _ in range(55)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while len(statuses) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    refused = list(statuses)
    Shop.release.set()
    for thread in threads:
        thread.join(30)

    assert refused == [429] * 5
    assert statuses.count(200) == 50


def test_no_snippet_stands_in_an_ingress() -> None:
    for ingress in of_kind(overlay("production"), "Ingress"):
        assert not [
            name
            for name in ingress["metadata"]["annotations"]
            if re.search("snippet", name)
        ]
    assert VALUES["controller"]["allowSnippetAnnotations"] is False
