"""The shop's journeys with its files in a real S3 server, in production's settings and processes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.object_store import ObjectStore, find_weed, object_store_running
from tests.reliability.conftest import EDITOR, PASSWORD
from tests.reliability.load import PAGES, PRODUCTS
from tests.reliability.people import (
    Answer,
    Browser,
    Editor,
    Shopper,
    Wares,
    changed,
    fields_of,
)
from tests.reliability.processes import Shop
from tests.reliability.servers import ROOT, wait_for

pytestmark = [
    pytest.mark.slow,  # a shop, a store and what people do: two minutes
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(find_weed() is None, reason="no S3 server for this platform"),
]

IMMUTABLE = "public, max-age=31536000, immutable"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
LINK_SECONDS = 300
MOVE_SECONDS = 300
MEGABYTE = 1024 * 1024
LARGE = 200 * MEGABYTE
MEMORY = 120 * MEGABYTE
"""So much more than before may a process take: four parts of 8 MB, and what its first request loads."""
SORRY = "The file store does not take the file at the moment."


class Visitor(Browser):
    """Remembers the address of every picture on the pages it was shown."""

    def __init__(self, shop: Shop):
        super().__init__(shop.web_port, [])
        self.pictures: dict[str, set[str]] = {}

    def _ask(self, *asked) -> Answer:
        answer = super()._ask(*asked)
        if answer.status == 200 and answer.headers["content-type"].startswith(
            "text/html"
        ):
            self.pictures[answer.path] = set(pictures_of(answer))
        return answer

    def upload(
        self, path: str, data: dict[str, str], field: str, name: str, content: bytes
    ) -> Answer:
        file = io.BytesIO(content)
        file.name = name
        body = encode_multipart(BOUNDARY, data | {field: file})
        return self._ask("POST", path, body, {"Content-Type": MULTIPART_CONTENT})

    @property
    def token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self.cookies["csrftoken"]}


def pictures_of(answer: Answer) -> Iterator[str]:
    for image in answer.html.select("img[src]"):
        yield str(image["src"])
        for source in str(image.get("srcset", "")).split(","):
            yield from source.split()[:1]


def fetched(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
            headers = {name.lower(): value for name, value in response.headers.items()}
            return response.status, headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {}, b""


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "#" + secrets.token_hex(3)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store_running() as running:
        running.buckets_make()
        yield running


@pytest.fixture(scope="module")
def shop(store, prepared) -> Iterator[Shop]:
    """A shop that has moved its files into the store."""
    with Shop(prepared, extra=store.variables()) as shop:
        (shop.folder / "private").mkdir()
        here = {"MEDIA_BUCKET": "none", "PRIVATE_BUCKET": "none-either"}
        for command, variables in (
            ("media_orphans --delete --days=0", here),  # of other tests
            ("media_migrate", {}),
        ):
            subprocess.run(
                [sys.executable, "manage.py", *command.split()],
                cwd=ROOT,
                env=shop.environment("manage") | variables,
                check=True,
                timeout=MOVE_SECONDS,
            )
        yield shop


@pytest.fixture
def editor(shop) -> Visitor:
    visitor = Visitor(shop)
    Editor(visitor, EDITOR, PASSWORD)
    return visitor


def in_store(shop: Shop, visitor: Visitor) -> set[str]:
    """All pictures that were shown; each lies on the media host and answers 200."""
    addresses = set().union(*visitor.pictures.values())
    host = shop.environment("web")["MEDIA_URL"]
    for address in addresses:
        assert address.startswith(host), address
        status, headers, _ = fetched(address)
        assert (status, headers["cache-control"]) == (200, IMMUTABLE), address
        assert HASHED.search(address), address
        assert headers["content-type"].startswith("image/"), headers
    return addresses


def manifest(shop: Shop, image: int) -> dict[str, dict]:
    [(found,)] = shop.sql(
        "SELECT manifest FROM media_libraryimage WHERE id = %s", image
    )
    return found if isinstance(found, dict) else json.loads(found)


def image_uploaded(shop: Shop, editor: Visitor, title: str) -> int:
    """Through the library's form; its number, once the worker has made its renditions."""
    path = "/cms/images/add/"
    form = editor.get(path).html.select_one("form:has(input[type=file])")
    data = dict(changed(fields_of(form), title=title))
    answer = editor.upload(path, data, "file", "lamp.png", picture())
    assert answer.status == 302, answer.html.select(".error-message")
    return renditions_awaited(shop, title)


def renditions_awaited(shop: Shop, title: str) -> int:
    [(image,)] = shop.sql("SELECT id FROM media_libraryimage WHERE title = %s", title)
    wait_for(lambda: manifest(shop, image), "the renditions are ready")
    return image


class Looker(Shopper):
    """Looks into the basket before checking out."""

    def _check_out(self, email: str) -> Answer:
        assert self.browser.get("/basket/").status == 200
        return super()._check_out(email)


def wares(shop: Shop) -> Wares:
    pages = ["/", *(path for _, path in shop.sql(PAGES))]
    return Wares([*shop.sql(PRODUCTS)], pages, ["lamp"])


# --- Pictures ---------------------------------------------------------------------


def test_shopper_gets_every_picture_from_the_store_from_home_to_order(shop):
    visitor = Visitor(shop)
    for path in ("/", "/catalogue/"):
        assert visitor.get(path).status == 200

    ordered = Looker(visitor, wares(shop)).order()

    assert ordered.number
    assert len(in_store(shop, visitor)) > 20
    for area in ("/", "/catalogue/", "/basket/"):
        assert visitor.pictures[area], area


def test_picture_of_the_library_goes_to_an_article_and_a_product_and_away_again(
    shop, editor
):
    image = image_uploaded(shop, editor, "A lamp of the library")
    [(page, path)] = shop.sql(
        "SELECT id, substr(url_path, 6) FROM wagtailcore_page JOIN cms_pages_articlepage "
        "ON page_ptr_id = id WHERE live ORDER BY id LIMIT 1"
    )
    product, address = shop.sql(PRODUCTS)[0]
    shop.sql("DELETE FROM catalogue_productimage WHERE product_id = %s", product)

    edit(
        editor,
        f"/cms/pages/{page}/edit/",
        "#page-edit-form",
        {"cover": str(image), "body-count": "0", "action-publish": "action-publish"},
    )
    # Oscar's editor: uploaded in the chooser, chosen in the formset.
    chooser = "/cms/images/chooser/create/"
    html = json.loads(editor.get(chooser).body)["htmlFragment"]
    title = {"image-chooser-upload-title": "A lamp of the editor"}
    data = dict(changed(fields_of(BeautifulSoup(html, "html.parser")), **title))
    file = "image-chooser-upload-file"
    answer = editor.upload(chooser, data | editor.token, file, "chosen.png", picture())
    chosen = json.loads(answer.body)["result"]["id"]
    renditions_awaited(shop, "A lamp of the editor")
    edit(
        editor,
        f"/dashboard/catalogue/products/{product}/",
        "form:has([name=title])",
        {
            "images-TOTAL_FORMS": "1",
            "images-0-original": str(chosen),
            "images-0-display_order": "0",
            "action": "save",
        },
    )
    visitor = Visitor(shop)
    shown = {}
    for number, where in ((image, path), (chosen, address)):
        assert visitor.get(where).status == 200
        shown[number] = {
            f"{shop.environment('web')['MEDIA_URL']}{each['name']}"
            for each in manifest(shop, number).values()
        }
        assert shown[number] <= visitor.pictures[where], where
        assert len(shown[number]) == 4  # 160, 320, 640, 900
    in_store(shop, visitor)

    # Deleted: the files go when the job has run, after the commit.
    edit(
        editor,
        f"/dashboard/catalogue/products/{product}/",
        "form:has([name=title])",
        {"images-0-DELETE": "on", "action": "save"},
    )
    edit(editor, f"/cms/images/{chosen}/delete/", "main form[method=post]", {})
    wait_for(
        lambda: all(fetched(url)[0] in (403, 404) for url in shown[chosen]),
        "the files are gone",
    )
    assert all(fetched(url)[0] == 200 for url in shown[image])


def edit(editor: Visitor, path: str, selector: str, changes: dict[str, str]) -> None:
    page = editor.get(path)
    form = page.html.select_one(selector)
    assert form, (path, page.status)
    answer = editor.post(path, changed(fields_of(form), **changes))
    errors = [
        each.get_text(" ", strip=True)
        for each in answer.html.select(".error-message, .errorlist, .messages")
    ]
    assert answer.status == 302, (path, answer.status, errors)


# --- Documents --------------------------------------------------------------------


def test_document_is_private_and_its_link_ends(shop, editor, store):
    path = "/cms/documents/add/"
    form = editor.get(path).html.select_one("form:has(input[type=file])")
    data = dict(changed(fields_of(form), title="A contract"))
    answer = editor.upload(path, data, "file", "contract.pdf", b"%PDF-1.7 secret")
    assert answer.status == 302
    [(number, name)] = shop.sql("SELECT id, file FROM media_librarydocument")
    shop.sql(
        "INSERT INTO wagtailcore_collectionviewrestriction (collection_id, restriction_type, password) "
        "SELECT collection_id, 'login', '' FROM media_librarydocument"
    )
    address = f"/documents/{number}/{name.rpartition('/')[2]}"

    refused = Visitor(shop).get(address)
    allowed = editor.get(address)

    assert (refused.status, refused.location) == (302, "/accounts/login/")
    assert allowed.status == 302
    assert "no-store" in allowed.headers["cache-control"]
    link = allowed.headers["location"]
    assert link.startswith(store.url)
    assert int(parse_qs(urlsplit(link).query)["X-Amz-Expires"][0]) <= LINK_SECONDS
    status, headers, body = fetched(link)
    assert (status, body) == (200, b"%PDF-1.7 secret")
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith("attachment")
    assert fetched(link.partition("?")[0])[0] == 403
    assert fetched(f"{store.url}/media/{name}")[0] in (403, 404)


def test_two_hundred_megabytes_go_through_the_form_without_being_in_memory(
    shop, editor, store, tmp_path, record_property
):
    """Into a temporary file, then up in parts; measured in the web server's processes."""
    path = "/cms/documents/add/"
    form = editor.get(path).html.select_one("form:has(input[type=file])")
    data = dict(changed(fields_of(form), title="A catalogue of 200 MB"))
    body = tmp_path / "body"
    digest = large_body_write(body, data, LARGE)
    before = {pid: peak_memory(pid) for pid in shop.web.children}

    with body.open("rb") as file:
        headers = {"Content-Type": MULTIPART_CONTENT}
        headers["Content-Length"] = str(body.stat().st_size)
        answer = editor._ask("POST", path, file, headers)
    grown = {pid: peak_memory(pid) - before[pid] for pid in before}

    assert answer.status == 302, answer.html.select(".error-message")
    [(name, size)] = shop.sql(
        "SELECT file, file_size FROM media_librarydocument WHERE title LIKE '%200 MB'"
    )
    assert size > LARGE
    stored = store.client().get_object(Bucket="private", Key=name)["Body"]
    found = hashlib.sha256()
    for chunk in stored.iter_chunks(1024 * 1024):
        found.update(chunk)
    assert found.hexdigest() == digest
    assert max(grown.values()) < MEMORY, grown
    record_property("memory", f"{max(grown.values()) // MEGABYTE} MB")
    record_property("seconds", f"{answer.seconds:.1f}")


def large_body_write(body: Path, data: dict[str, str], size: int) -> str:
    """What a browser sends for the form with a ZIP archive of so many bytes; the file's SHA-256."""
    archive = body.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file, file.open("noise", "w") as member:
        for _ in range(size // MEGABYTE):
            member.write(os.urandom(MEGABYTE))
    mark = secrets.token_hex(8).encode()
    whole = io.BytesIO(mark)
    whole.name = "catalogue.zip"
    head, tail = encode_multipart(BOUNDARY, data | {"file": whole}).split(mark)
    digest = hashlib.sha256()
    with archive.open("rb") as source, body.open("wb") as target:
        target.write(head)
        while chunk := source.read(MEGABYTE):
            digest.update(chunk)
            target.write(chunk)
        target.write(tail)
    return digest.hexdigest()


def peak_memory(pid: int) -> int:
    """Most bytes that the process ever had in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


# --- Without the store ------------------------------------------------------------


def test_shop_sells_while_the_store_refuses_and_while_it_hangs(shop, editor, store):
    form = editor.get("/cms/images/add/").html.select_one("form:has(input[type=file])")
    data = dict(changed(fields_of(form), title="Typed with care"))

    with store.revoked():
        refused = editor.upload("/cms/images/add/", data, "file", "a.png", picture())
        ordered = Shopper(Visitor(shop), wares(shop)).order()
        # A good answer of the storage counts for 30 s.
        wait_for(lambda: health(shop) == "degraded", "it is noticed", 60)
        assert shop.get("/readyz/") == 200
    with store.hanging():
        second = Shopper(Visitor(shop), wares(shop)).order()
        hung = editor.upload("/cms/images/add/", data, "file", "a.png", picture())
        assert shop.get("/readyz/") == 200
    renditions = image_uploaded(shop, editor, "Typed with care, again")

    for answer in (refused, hung):
        assert answer.status == 200
        assert SORRY in answer.html.get_text(" ")
        assert "Typed with care" in answer.body
    assert hung.seconds < 30
    assert ordered.number
    assert second.number
    assert renditions


def health(shop: Shop) -> str:
    return json.loads(Visitor(shop).get("/health/").body)["status"]
