"""Files and servers that an address could reach: traversal and SSRF."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from foundation.accounts.models import User
from storefront.wsgi import application

UPWARDS = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "..%252fsecret.txt",
    "..%5csecret.txt",
    "..\\secret.txt",
    "....//secret.txt",
    "images/../../secret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "./../secret.txt",
    "..;/secret.txt",
]


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


FOLDERS = ["/media/", "/static/", "/documents/1/", "/cms/", "/"]


@pytest.fixture
def secret() -> Iterator[str]:
    """A file beside the folder of public files."""
    path = Path(settings.MEDIA_ROOT).parent / "secret.txt"
    path.write_text("nobody-may-read-this")
    yield "nobody-may-read-this"
    path.unlink()


@pytest.fixture
def shop_port(real_db) -> Iterator[int]:
    """The shop's own WSGI application behind a socket."""
    server = make_server("127.0.0.1", 0, application, handler_class=SilentHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_no_address_leads_out_of_a_folder(shop_port, secret):
    """Over a real connection, as clients in tests tidy such paths up."""
    connection = http.client.HTTPConnection("127.0.0.1", shop_port, timeout=10)

    for folder in FOLDERS:
        for path in UPWARDS:
            connection.request("GET", folder + path)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
            assert answer.status in {301, 302, 400, 404}, folder + path
            assert secret not in body, folder + path
            assert "root:" not in body, folder + path


@pytest.mark.parametrize("alias", ["default", "private"])
@pytest.mark.parametrize("name", ["../up.txt", "a/../../up.txt", "/etc/up.txt"])
def test_no_name_of_a_file_leads_out_of_its_store(alias, name):
    storage = storages[alias]

    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile(b"x"))
    with pytest.raises(SuspiciousFileOperation):
        storage.open(name)


@pytest.fixture
def inner_server() -> Iterator[tuple[str, list[str]]]:
    """A server inside the network that only the shop can reach: its address, what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # the name is the standard library's
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"inner-secret")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_address_that_staff_type_is_never_asked_by_the_shop(db, inner_server):
    """As administrator, wherever the back office takes an address."""
    url, asked = inner_server
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root@example.org", "x"))
    addresses = [
        url,
        f"{url}/watch?v=x",
        f"{url}/https://www.youtube.com/watch?v=x",
        f"https://www.youtube.com@{url.removeprefix('http://')}/watch?v=x",
        f"{url}#https://vimeo.com/1",
    ]

    for address in addresses:
        answers = [
            client.post("/cms/embeds/chooser/upload/", {"embed-chooser-url": address}),
            client.post(
                "/cms/choose-external-link/", {"external-link-chooser-url": address}
            ),
            client.get("/cms/embeds/chooser/", {"url": address}),
        ]
        assert not any("inner-secret" in each.content.decode() for each in answers)

    assert asked == []


def test_block_of_an_embed_asks_nobody(inner_server):
    from cms_pages.blocks.pictures import EmbedBlock

    url, asked = inner_server
    block = EmbedBlock()

    html = block.render(block.to_python({"embed": f"{url}/video", "caption": "A film"}))

    assert url in html
    assert asked == []
