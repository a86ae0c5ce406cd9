"""Large bodies are read from staff who upload, and from nobody else."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.client import encode_multipart
from PIL import Image

from foundation.accounts.models import User
from foundation.media.models import LibraryDocument, LibraryImage
from storefront.body_sizes import UPLOADS as UPLOADS_PATTERN
from tests.infrastructure.manifests import program
from tests.infrastructure.test_kubernetes_ingress import free_port, wait_for

MEGABYTE = 2**20
CHECKOUT = Path(__file__).resolve().parents[2]
UPLOADS = [
    "/cms/documents/multiple/add/",
    "/cms/images/add/",
    "/cms/images/chooser/create/",
    "/dashboard/catalogue/products/1/",
]


TOKEN = "a" * 32  # for CSRF


class Body:
    """A body of which is known how much was read."""

    def __init__(self) -> None:
        self.bytes_read = 0

    def read(self, size: int = -1) -> bytes:
        self.bytes_read += max(size, 1)
        return b"x" * max(size, 1)

    readline = read


@pytest.fixture
def stranger() -> Client:
    """Somebody with the token of the log-in page: Django reads the form to compare it."""
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    client.cookies["csrftoken"] = TOKEN
    return client


def send(client: Client, path: str, length: int | None, **environ: str):
    """Return the answer to a multipart POST, and how much of its body was read."""
    body = Body()
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    answer = client.request(
        REQUEST_METHOD="POST",
        PATH_INFO=path,
        CONTENT_TYPE="multipart/form-data; boundary=x",
        **{"wsgi.input": body},
        **environ,
    )
    return answer, body.bytes_read


# --- The shop itself --------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/basket/vouchers/add/", "/accounts/login/", "/cms/login/", "/cms/x/"]
)
@pytest.mark.parametrize("length", [3 * MEGABYTE, 512 * MEGABYTE])
def test_large_body_of_a_stranger_is_not_read(stranger, path, length):
    answer, bytes_read = send(stranger, path, length)

    assert (answer.status_code, bytes_read) == (413, 0)
    assert "<h1" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", UPLOADS)
@pytest.mark.parametrize("length", [1, 512 * MEGABYTE])
def test_stranger_uploads_nothing(stranger, path, length):
    answer, bytes_read = send(stranger, path, length)

    assert (answer.status_code, bytes_read) == (302, 0)
    assert answer.url == f"/cms/login/?next={path}"


@pytest.mark.django_db
def test_script_of_a_stranger_is_refused_without_a_page(stranger):
    answer, bytes_read = send(
        stranger, UPLOADS[0], 512, HTTP_X_REQUESTED_WITH="XMLHttpRequest"
    )

    assert (answer.status_code, answer.content, bytes_read) == (403, b"", 0)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", *UPLOADS])
def test_body_of_unknown_length_is_not_read(stranger, path):
    answer, bytes_read = send(stranger, path, None, HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, bytes_read) == (411, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("is_staff", [False, True])
def test_account_without_access_to_the_back_office_uploads_nothing(stranger, is_staff):
    eve = User.objects.create_user("eve@example.org", "secret", is_staff=is_staff)
    stranger.force_login(eve)

    answer, bytes_read = send(stranger, UPLOADS[0], 512 * MEGABYTE)

    assert (answer.status_code, bytes_read) == (302, 0)


@pytest.mark.django_db
def test_page_of_an_error_does_not_read_a_large_body(stranger, monkeypatch):
    stranger.raise_request_exception = False
    for length in (512, 512 * MEGABYTE):
        elsewhere, unread = send(
            stranger, UPLOADS[0], length, HTTP_HOST="elsewhere.example"
        )
        assert (elsewhere.status_code, unread) == (400, 0)

    def fail(*arguments):
        raise OperationalError

    stranger.force_login(User.objects.create_user("eve@example.org", "secret"))
    monkeypatch.setattr(User, "has_perm", fail)
    outage, unread = send(stranger, UPLOADS[0], 512 * MEGABYTE)
    assert (outage.status_code, unread) == (503, 0)


@pytest.mark.django_db
def test_staff_upload_large_files():
    browser = Client()
    browser.force_login(User.objects.create_superuser("staff@example.org", "secret"))
    picture = BytesIO()
    Image.effect_noise((1800, 1800), 90).save(picture, "PNG")
    upload = SimpleUploadedFile("noise.png", picture.getvalue(), "image/png")
    assert upload.size > 2.5 * MEGABYTE

    answer = browser.post("/cms/images/add/", {"title": "Noise", "file": upload})

    assert answer.status_code == 302
    assert LibraryImage.objects.get().title == "Noise"


@pytest.mark.django_db
def test_forms_of_usual_size_are_read(client):
    answer = client.post("/accounts/login/", {"username": "x" * MEGABYTE})

    assert answer.status_code == 200


# --- Behind a real nginx, in a real gunicorn --------------------------------------


def nginx_configuration(folder: Path, port: int, shop: int) -> str:
    """That of docker/nginx, less what only Docker has: its names, and njs, which waits for new containers."""
    text = (CHECKOUT / "docker/nginx/nginx.conf").read_text()
    for found, instead in [
        (r"/tmp/", f"{folder}/"),  # noqa: S108
        (r"load_module .*", f"daemon off;\nlock_file {folder}/lock;"),
        (r"error_log /dev/stderr warn;", f"error_log {folder}/error.log warn;"),
        (r"js_(import|fetch_timeout|content) .*", ""),
        (r"resolver(_timeout)? .*", ""),
        (r"listen 8080;", f"listen 127.0.0.1:{port};"),
        (r"\$shop:8000", f"127.0.0.1:{shop}"),
        (r"set \$shop web;", ""),
    ]:
        text, count = re.subn(found, instead, text)
        assert count, found
    return text


@dataclass
class Edge:
    port: int
    folder: Path

    def stored(self) -> int:
        """Bytes in files of nginx and of the shop."""
        total = 0
        for path in self.folder.glob("**/*"):
            try:
                total += path.stat().st_size if path.is_file() else 0
            except FileNotFoundError:
                continue
        return total


@contextmanager
def running(command: list[str], port: int, **options) -> Iterator[None]:
    process = subprocess.Popen(command, **options)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def edge(real_db, tmp_path: Path) -> Iterator[Edge]:
    """nginx in front of gunicorn; both write what they store below one folder."""
    port, shop = free_port(), free_port()
    tmp_path.chmod(0o755)
    stored = tmp_path / "stored"
    for name in ("", "gunicorn"):
        (stored / name).mkdir(mode=0o777)
    configuration = nginx_configuration(stored, port, shop)
    if os.geteuid() == 0:
        configuration = f"user root;\n{configuration}"
    (tmp_path / "nginx.conf").write_text(configuration)
    given = connection.get_connection_params()
    login = given["user"] + (f":{given['password']}" if given.get("password") else "")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "storefront.settings.test",
        "DATABASE_URL": f"postgres://{login}@{given['host']}:{given['port']}/{real_db}",
        "LISTEN": "127.0.0.1",
        "PORT": str(shop),
        "RUN_DIR": str(tmp_path / "run"),
        "PYTHONPATH": f"{CHECKOUT / 'site'}:{CHECKOUT}",
        "TMPDIR": str(stored / "gunicorn"),
        "WEB_CONCURRENCY": "1",
    }
    gunicorn = [sys.executable, "-m", "gunicorn", "storefront.wsgi"]
    gunicorn += ["--config", "docker/gunicorn.conf.py"]
    proxy = [program("nginx"), "-p", str(stored), "-c", str(tmp_path / "nginx.conf")]
    with (
        running(gunicorn, shop, env=environment, cwd=CHECKOUT),
        running(proxy, port),
    ):
        yield Edge(port, stored)


@dataclass
class Attack:
    status: int
    sent: int
    stored: int


def attack(edge: Edge, path: str, megabytes: int) -> Attack:
    """Send a body as long as the other side takes it; what was stored meanwhile, at most."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n"
        f"Content-Length: {megabytes * MEGABYTE}\r\nCookie: csrftoken={TOKEN}\r\n\r\n"
    )
    begin = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n'
        b"Content-Type: application/zip\r\n\r\n"
    )
    before, sent, most = edge.stored(), 0, 0
    is_over = threading.Event()

    def watch() -> None:
        nonlocal most
        while not is_over.wait(0.02):
            most = max(most, edge.stored() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with socket.create_connection(("127.0.0.1", edge.port), timeout=30) as client:
        client.sendall(head.encode() + begin)
        client.settimeout(0.5)
        answer = b""
        try:
            for _ in range(megabytes * 16):
                sent += client.send(b"x" * (MEGABYTE // 16))
                time.sleep(0.001)
        except OSError:
            pass  # the other side takes no more
        client.settimeout(30)
        try:
            answer = client.recv(4096)
        except OSError:
            answer = b"HTTP/1.1 000 reset"
    is_over.set()
    watcher.join()
    return Attack(int(answer.split()[1]), sent, most)


def test_large_body_of_a_stranger_is_stored_nowhere(edge):
    for path, status in [
        ("/", 413),
        ("/cms/login/", 413),
        ("/cms/documents/multiple/add/", 302),
        ("/dashboard/catalogue/products/1/", 302),
    ]:
        found = attack(edge, path, megabytes=64)

        assert found.status in {status, 0}, path  # 0: cut off while it was sending
        assert found.stored < MEGABYTE // 4, path


def test_staff_upload_through_nginx(edge):
    browser = Client()
    browser.force_login(User.objects.create_superuser("staff@example.org", "secret"))
    browser.cookies["csrftoken"] = TOKEN
    upload = SimpleUploadedFile("plain.txt", b"x" * 8 * MEGABYTE, "text/plain")
    form = {"title": "Plain", "file": upload, "csrfmiddlewaretoken": TOKEN}

    connection = HTTPConnection("127.0.0.1", edge.port, timeout=60)
    connection.request(
        "POST",
        "/cms/documents/add/",
        encode_multipart("x", form),
        {
            "Content-Type": "multipart/form-data; boundary=x",
            "Cookie": browser.cookies.output(header="", attrs=[], sep=";"),
        },
    )
    answer = connection.getresponse()

    assert (answer.status, answer.getheader("Location")) == (302, "/cms/documents/")
    assert LibraryDocument.objects.get().file_size == 8 * MEGABYTE


def test_proxies_name_the_paths_of_uploads_as_the_shop_does():
    nginx_conf = (CHECKOUT / "docker/nginx/nginx.conf").read_text()
    ingresses = yaml.safe_load_all((CHECKOUT / "k8s/base/ingress.yaml").read_text())
    values = yaml.safe_load((CHECKOUT / "helm/ecommerce/values.yaml").read_text())
    (uploads,) = [x for x in ingresses if x["metadata"]["name"] == "ecommerce-uploads"]
    paths = [each["path"] for each in uploads["spec"]["rules"][0]["http"]["paths"]]

    assert re.findall(
        r"location ~ \^(\S+) {\n\s+client_max_body_size 512m", nginx_conf
    ) == [UPLOADS_PATTERN.pattern]
    assert paths == values["ingress"]["uploads"]["paths"]
    assert all(UPLOADS_PATTERN.fullmatch(f"{path}/") for path in paths)
    assert len(paths) == 3
