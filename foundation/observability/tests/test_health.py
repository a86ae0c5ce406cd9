"""What the health addresses answer. With real servers that hang: ``tests/reliability/test_health.py``."""

import json
import time
from threading import Event, Thread

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from foundation.observability import health, release
from foundation.observability.health import Check, PodHealth

ADDRESSES = ["/healthz/", "/readyz/", "/health/"]
ALL_OK = {"database": "ok", "migrations": "ok", "cache": "ok", "broker": "ok"}
ALL_OK |= {"storage": "ok"}


@pytest.fixture(autouse=True)
def pod(monkeypatch, settings, tmp_path):
    """A pod of its own for each test; checks of the services are answered by ``words``."""
    settings.RUN_DIR = tmp_path
    pod = PodHealth()
    monkeypatch.setattr(health, "pod", pod)
    return pod


@pytest.fixture
def words(pod):
    """What the checks will say."""
    words = dict(ALL_OK)
    pod._checks = [Check(lambda: dict(words), {"database": "down"})]
    return words


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_addresses_answer_to_any_host_over_plain_http(
    client, settings, words, path, method
):
    settings.SECURE_SSL_REDIRECT = True

    response = getattr(client, method)(path, headers={"host": "10.1.2.3:8000"})

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert bool(response.content) is (method == "get")


@pytest.mark.parametrize("path", ADDRESSES)
def test_address_without_slash_answers_the_same(client, words, path):
    assert client.get(path.removesuffix("/")).content == client.get(path).content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_other_methods_are_refused(client, path, method):
    response = getattr(client, method)(path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path", ["/de/readyz/", "/readyz/more", "/readyz//", "/Readyz/"]
)
def test_only_the_exact_address_is_meant(path):
    from django.test import RequestFactory

    from foundation.observability.health_views import answer

    assert answer(RequestFactory().get(path)) is None


def test_liveness_touches_nothing(client, pod):
    pod._checks = []  # a check would fail; so would the database, which this test may not use

    assert client.get("/healthz/").content == b"ok"


def readyz() -> tuple[int, dict]:
    response = Client().get("/readyz/")
    return response.status_code, json.loads(response.content)


def test_pod_is_ready_when_all_is_well(words):
    assert readyz() == (200, {"status": "ok", "checks": ALL_OK})


@pytest.mark.parametrize("part", ["cache", "broker", "storage"])
def test_lack_of_a_service_degrades_and_leaves_ready(words, part):
    words[part] = "degraded"

    status, about = readyz()

    assert (status, about["status"], about["checks"][part]) == (200, *["degraded"] * 2)


def test_pod_without_database_is_not_ready(words):
    words["database"] = "down"

    assert readyz()[0] == 503


def test_pod_without_its_migrations_is_not_ready(words):
    words["migrations"] = "missing"

    status, about = readyz()

    assert (status, about["status"]) == (503, "migrations missing")


def test_draining_pod_is_not_ready(words, settings):
    (settings.RUN_DIR / "draining").touch()

    assert readyz() == (503, {"status": "draining", "checks": {}})
    assert Client().get("/healthz/").status_code == 200


def test_pod_of_which_nothing_is_known_is_starting(pod):
    pod._lock.acquire()  # somebody asks for the first time

    assert readyz() == (503, {"status": "starting", "checks": {}})


def test_check_that_hangs_is_down_within_the_limit(pod):
    over = Event()
    pod._checks = [Check(over.wait, {"database": "down"})]
    began = time.monotonic()

    assert readyz()[0] == 503
    assert time.monotonic() - began < 2
    over.set()


def test_hanging_check_is_not_asked_again(pod, monkeypatch):
    monkeypatch.setattr(health, "LIMIT_SECONDS", 0.05)
    monkeypatch.setattr(health, "FRESH_SECONDS", 0)
    over, calls = Event(), []
    pod._checks = [Check(lambda: calls.append(1) or over.wait(), {"database": "down"})]

    for _ in range(5):
        readyz()

    assert len(calls) == 1
    over.set()


def test_many_probes_ask_once(pod):
    calls = []
    pod._checks = [Check(lambda: calls.append(1) or dict(ALL_OK), {"database": "down"})]

    threads = [Thread(target=pod.words) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(calls) == 1
    assert pod.words() == ALL_OK


def test_answer_is_told_for_a_moment_while_somebody_asks_anew(pod, words):
    pod.words()
    pod._kept = (pod._kept[0] - health.FRESH_SECONDS, pod._kept[1])
    pod._lock.acquire()

    assert pod.words() == ALL_OK


def test_old_answer_is_told_no_more(pod, words):
    pod.words()
    pod._kept = (pod._kept[0] - health.TELL_SECONDS, pod._kept[1])
    pod._lock.acquire()

    assert pod.words() == {}


def test_check_that_fails_says_so(caplog):
    def fail():
        raise RuntimeError("no disk")

    assert Check(fail, {"storage": "degraded"}).start()(1) == {"storage": "degraded"}
    assert "storage: no disk" in caplog.text


def test_costly_check_is_asked_seldom():
    calls = []
    check = Check(lambda: calls.append(1) or {"storage": "ok"}, {}, 30)

    assert [check.start()(1), check.start()(1)] == [{"storage": "ok"}] * 2
    assert len(calls) == 1


def test_costly_check_that_failed_is_asked_again():
    answers = iter([{"storage": "degraded"}, {"storage": "ok"}])
    check = Check(lambda: next(answers), {"storage": "degraded"}, 30)
    check.start()(1)

    assert check.start()(1) == {"storage": "ok"}


# --- The real checks --------------------------------------------------------------


def test_checks_find_all_services_well(real_db, pod):
    assert pod.words() == ALL_OK


def test_database_is_asked_one_statement(django_db_blocker, db, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    statements = []

    with connection.execute_wrapper(
        lambda execute, *args: statements.append(args[0]) or execute(*args)
    ):
        assert health.database_ask() == {"database": "ok", "migrations": "ok"}
    assert len(statements) == 1


def test_lost_database_is_down(monkeypatch):
    def fail():
        raise OperationalError

    monkeypatch.setattr(health, "migrations_missing", fail)

    assert health.database_ask() == {"database": "down"}


def test_stopped_or_full_cache_is_noticed(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert Check(health.cache_ask, {"cache": "degraded"}).start()(1) == {
        "cache": "degraded"
    }


# --- Migrations of the release ----------------------------------------------------


def applied(*keys: tuple[str, str]) -> None:
    MigrationRecorder.Migration.objects.bulk_create(
        MigrationRecorder.Migration(app=app, name=name) for app, name in keys
    )


def test_migrated_database_lacks_nothing(db):
    assert release.migrations_missing() == set()


def test_missing_migration_is_named(db):
    MigrationRecorder.Migration.objects.filter(app="core", name="0001_initial").delete()

    assert release.migrations_missing() == {("core", "0001_initial")}


def test_migration_of_a_newer_release_does_not_matter(db):
    applied(("core", "9999_newer"), ("an_app_of_later", "0001_initial"))

    assert release.migrations_missing() == set()


def test_database_without_the_table_lacks_everything(real_db):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")

    assert len(release.migrations_missing()) > 100


def test_squashed_migration_is_there_when_all_it_replaces_are(db, monkeypatch):
    module = f"{__name__}"
    monkeypatch.setitem(
        release.migrations_of_release(), ("core", "0001_squashed"), module
    )
    applied(("core", "a"))

    assert release.migrations_missing() == {("core", "0001_squashed")}
    applied(("core", "b"))
    assert release.migrations_missing() == set()


class Migration:
    """A squashed one, as ``release`` finds it in its module."""

    replaces = [("core", "a"), ("core", "b")]


# --- For people -------------------------------------------------------------------


def visitor(**about) -> Client:
    user = get_user_model().objects.create_user(
        email="somebody@example.com", password="x", **about
    )
    client = Client()
    client.force_login(user)
    return client


def test_anonymous_reads_one_word(client, words):
    assert client.get("/health/").json() == {"status": "ok"}


def test_customer_reads_one_word(db, words):
    assert visitor().get("/health/").json() == {"status": "ok"}


def test_former_member_of_staff_reads_one_word(db, words):
    client = visitor(is_staff=True)
    get_user_model().objects.update(is_active=False)

    assert client.get("/health/").json() == {"status": "ok"}


def test_staff_read_all_details(db, words):
    about = visitor(is_staff=True).get("/health/").json()

    assert about["checks"] == ALL_OK
    assert about["database"]["version"]
    assert about["cache"]["version"]
    assert about["versions"]["release"] == "development"
    assert "workers" in about["background"]


def test_nobody_is_staff_without_a_database(words):
    words["database"] = "down"
    client = Client()
    client.cookies["sessionid"] = "a" * 32

    response = client.get("/health/")

    assert (response.status_code, response.json()) == (503, {"status": "no database"})


def test_browser_gets_a_page_that_keeps_to_the_policy(db, words):
    client = visitor(is_staff=True)

    response = client.get("/health/", headers={"accept": "text/html,*/*;q=0.8"})

    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "<dt>migrations</dt>" in response.text
    assert "style=" not in response.text
