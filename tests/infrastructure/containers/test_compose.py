"""docker-compose.yml, really run: the documented lines, every service, a shopper's way, a roll-out."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.infrastructure.containers import engine
from tests.infrastructure.containers.conftest import OWNER, PASSWORD
from tests.infrastructure.containers.visitors import NGINX_PORT, bad, shoppers
from tests.reliability.people import Browser, Editor, Shopper

pytestmark = pytest.mark.containers

TWO_WEBS = (
    *("--file=docker-compose.yml",),
    "--file=tests/infrastructure/containers/two-webs.yml",
)
# --- The documented lines -----------------------------------------------------------


def test_quick_start_works_line_by_line(shop):
    lines = list(shop.said)

    assert lines == [
        "docker-compose up -d",
        "docker-compose exec web python manage.py migrate",
        "docker-compose exec web python manage.py createsuperuser",
    ]
    assert "Running migrations:" in shop.said[lines[1]]
    assert "Superuser created successfully." in shop.said[lines[2]]


def test_web_is_healthy_before_the_schema_exists(shop):
    assert (200, 503) in shop.seen.answers
    assert shop.seen.answers[-1] == (200, 200)
    assert not [pair for pair in shop.seen.answers if 500 in pair]


def test_every_service_is_up_and_healthy(shop):
    services = set(engine.compose("config", "--services").split())

    def states() -> dict[str, tuple[str, str]]:
        said = engine.compose("ps", "--all", "--format=json").splitlines()
        found = [json.loads(line) for line in said]
        return {each["Service"]: (each["State"], each["Health"]) for each in found}

    healthy = dict.fromkeys(services, ("running", "healthy")) | {
        "migrate": ("exited", "")
    }
    engine.wait_for(lambda: states() == healthy, f"healthy: {states()}", 90)
    assert (
        engine.inspected(engine.container_of("migrate"), "{{.State.ExitCode}}") == "0"
    )


# --- A shopper's way ----------------------------------------------------------------


def test_order_through_nginx_and_its_mail(shop, browser):
    order = Shopper(browser, shop.wares).order()

    def mails() -> list[str]:
        _, body, _ = engine.answer("http://localhost:8025/api/v1/messages")
        return [
            mail["Subject"]
            for mail in json.loads(body)["messages"]
            if {"Address": order.email}.items() <= mail["To"][0].items()
        ]

    assert order.number
    assert bad(browser.log) == []
    subject = engine.wait_for(mails, "a mail that confirms the order", 60)
    assert order.number in " ".join(subject)


def test_uploaded_picture_comes_from_the_store(shop, browser):
    word = Editor(browser, OWNER, PASSWORD).upload().word

    [[name]] = engine.rows(
        f"SELECT file FROM media_libraryimage WHERE title = '{word}'"  # noqa: S608
    )
    found, body, headers = engine.answer(f"http://localhost:8333/shop-media/{name}")
    assert found == 200
    assert body.startswith(b"\x89PNG")
    assert "immutable" in headers["Cache-Control"]


def test_pictures_of_the_home_page_are_served(shop, browser):
    page = browser.get("/").body

    addresses = set(re.findall(r"http://localhost:8333/shop-media/[^\s\"',]+", page))
    assert addresses
    assert {engine.status(address) for address in addresses} == {200}


def test_private_files_are_not_public(shop):
    assert engine.status("http://localhost:8333/shop-private/") == 403


def test_prometheus_scrapes_every_target_and_takes_the_rules(shop):
    def targets() -> dict[str, str]:
        _, body, _ = engine.answer("http://localhost:9090/api/v1/targets")
        return {
            each["labels"]["job"]: each["health"]
            for each in json.loads(body)["data"]["activeTargets"]
        }

    wanted = {"ecommerce-web", "ecommerce-celery-worker", "ecommerce-celery-beat"}
    engine.wait_for(lambda: targets() == dict.fromkeys(wanted, "up"), "targets up", 60)
    _, body, _ = engine.answer("http://localhost:9090/api/v1/rules")
    assert json.loads(body)["data"]["groups"]


def test_metrics_are_not_for_visitors(shop):
    assert engine.status("http://localhost:8080/metrics") == 404


# --- Stopping -----------------------------------------------------------------------


def test_who_has_connected_when_web_stops_is_answered(shop):
    """Without a balancer: nobody new gets in, nobody who got in is turned away."""
    web = engine.container_of("web")
    address = engine.address(web)
    answers: list[int] = []
    broken: list[str] = []
    is_stopped = threading.Event()

    def visit() -> None:
        while not is_stopped.is_set():
            connection = http.client.HTTPConnection(address, 8000, timeout=30)
            try:
                connection.connect()
            except OSError:
                return
            try:
                for _ in range(3):  # the connection is kept
                    connection.request(
                        "GET", "/search/?q=lamp", headers={"Host": "web"}
                    )
                    response = connection.getresponse()
                    response.read()
                    answers.append(response.status)
                    if response.getheader("Connection") == "close":
                        break
            except (OSError, http.client.HTTPException) as error:
                broken.append(repr(error))
            finally:
                connection.close()

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    time.sleep(4)
    engine.docker("stop", web)
    is_stopped.set()
    for visitor in visitors:
        visitor.join(40)
    code = engine.inspected(web, "{{.State.ExitCode}}")
    engine.docker("start", web)

    assert broken == []
    assert len(answers) > 20
    assert set(answers) == {200}
    assert code == "0"


def test_worker_and_beat_end_when_they_are_asked_to(shop):
    containers = [engine.container_of(service) for service in ("worker", "beat")]
    engine.docker("stop", *containers)
    codes = [engine.inspected(each, "{{.State.ExitCode}}") for each in containers]
    engine.docker("start", *containers)

    assert codes == ["0", "0"]


def test_two_web_containers_restart_in_turn_and_no_request_fails(shop):
    """Under load that goes on before, during and after each SIGTERM, orders among it."""
    engine.compose(*TWO_WEBS, "up", "--detach", "--scale=web=2")
    webs = engine.container_of("web").split()
    for web in webs:
        wait_until_ready(web)

    with shoppers(NGINX_PORT, shop.wares) as log:
        time.sleep(3)
        for web in webs:
            engine.docker("stop", web)
            assert engine.inspected(web, "{{.State.ExitCode}}") == "0"
            time.sleep(2)
            engine.docker("start", web)
            wait_until_ready(web)
        time.sleep(3)

    assert len(webs) == 2
    assert bad(log) == []
    assert len([each for each in log if each.method == "POST"]) > 20
    engine.compose("up", "--detach")


def wait_until_ready(web: str) -> None:
    url = f"http://{engine.address(web)}:8000/readyz/"
    engine.wait_for(lambda: engine.status(url) == 200, "a web container that is ready")


# --- A newer image ------------------------------------------------------------------


def test_second_up_with_a_newer_image_fails_no_request(shop, tmp_path):
    """Compose stops the old process before it starts the new: whoever comes between waits in nginx."""
    before = engine.container_of("web")
    engine.docker("tag", engine.IMAGE, f"{engine.IMAGE}-before")
    engine.later_build(tmp_path, "later", engine.IMAGE)

    try:
        with shoppers(NGINX_PORT, shop.wares) as log:
            engine.compose("up", "--detach")
            after = engine.container_of("web")
            wait_until_ready(after)
            time.sleep(3)
    finally:
        engine.docker("tag", f"{engine.IMAGE}-before", engine.IMAGE)

    assert after != before
    assert "RELEASE=later" in engine.inspected(after, "{{.Config.Env}}")
    assert engine.rows("SELECT name FROM django_migrations WHERE name = '9999_later'")
    assert bad(log) == []
    assert len([each for each in log if each.method == "POST"]) > 5


def test_who_waits_in_vain_reads_when_to_come_back(tmp_path):
    """nginx by itself, where one may wait, and not for long."""
    folder = shutil.copytree(engine.ROOT / "docker/nginx", tmp_path / "nginx")
    for name, old, new in (
        ("patience.js", "SECONDS = 60;", "SECONDS = 2;"),
        ("nginx.conf", "limit_conn waiting 100;", "limit_conn waiting 1;"),
    ):
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))
    nginx = engine.docker(
        *("run", "--detach", "--rm", "--publish=127.0.0.1:8089:8080"),
        *(f"--volume={folder}:/etc/nginx:ro", "nginx:1.25-alpine"),
    )
    visitor = Browser(8089, [])
    try:
        engine.wait_for(lambda: visitor.get("/metrics").status == 404, "nginx")
        with ThreadPoolExecutor() as threads:
            several = [threads.submit(visitor.get, "/") for _ in range(2)]
            several += [threads.submit(visitor.post, "/basket/add/1/", {})]
        answers = [each.result() for each in several]
    finally:
        engine.docker("kill", nginx)

    for answer in answers:
        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert "We are back in a moment." in answer.body
    *_, second, last = sorted(answer.seconds for answer in answers)
    assert last - second > 1
