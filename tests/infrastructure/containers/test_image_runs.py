"""The image by itself, run with nothing more than the manifests give it."""

from __future__ import annotations

import json
import subprocess
import time

import pytest

from tests.infrastructure.containers import engine

pytestmark = pytest.mark.containers

RUN = (
    *("docker", "run", "--rm", "--network=none", "--read-only", "--cap-drop=all"),
    *("--security-opt=no-new-privileges", "--tmpfs=/tmp"),
    "--tmpfs=/run/storefront:uid=10001,gid=10001,mode=0700",
)
SETTINGS = {
    "SECRET_KEY": "only-for-this-test-0123456789-0123456789-abcdefgh",
    "DATABASE_URL": "postgres://shop:s3cret@127.0.0.1:9/shop",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "ALLOWED_HOSTS": "shop.example",
    "MEDIA_BUCKET": "shop-media",
    "MEDIA_URL": "https://media.shop.example/",
    "PRIVATE_BUCKET": "shop-private",
    "BACKUP_BUCKET": "shop-backups",
    "EMAIL_URL": "smtp://127.0.0.1:9",
}


def run(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """A container of the image in production's settings; None takes one away."""
    known = {name: value for name, value in (SETTINGS | changes).items() if value}
    environment = (f"--env={name}={value}" for name, value in known.items())
    return engine.ask(*RUN, *environment, engine.IMAGE, *arguments, check=False)


def shell(script: str) -> list[str]:
    return run("sh", "-c", script).stdout.splitlines()


def test_container_has_no_more_than_it_needs():
    looked = shell(
        "id -u; id -g; grep CapEff /proc/self/status; touch /app/x 2>&1;"
        " python -c 'import pytest' 2>&1 | tail -1"
    )

    assert looked[:3] == ["10001", "10001", "CapEff:\t0000000000000000"]
    assert "Read-only file system" in looked[3]
    assert "No module named 'pytest'" in looked[4]


def test_neither_compiler_nor_secret_nor_history_is_inside():
    assert shell("command -v gcc cc g++ make pip pip3 git") == []
    assert shell("find / -xdev -name '.env*' -not -path '/proc/*' 2>/dev/null") == []
    assert not {".git", ".local", ".venv", "tests", "docs"} & set(shell("ls -a /app"))
    assert shell("find /app -name tests -o -name '*.po'") == []


def test_bytecode_and_static_files_are_inside():
    packages = "/opt/venv/lib/python3.11/site-packages/wagtail"
    sources, compiled, ours, manifest = shell(
        f"find {packages} -name '*.py' | wc -l; find {packages} -name '*.pyc' | wc -l;"
        " find /app/site/storefront -name '*.pyc' | wc -l; ls /app/static/staticfiles.json"
    )

    assert int(compiled) >= int(sources) > 100
    assert int(ours) > 10
    assert manifest == "/app/static/staticfiles.json"


def test_image_says_what_it_is_and_how_it_is_asked():
    config = json.loads(engine.inspected(engine.IMAGE, "{{json .Config}}"))

    assert config["User"] == "10001:10001"
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"] == ["CMD", "python", "docker/healthcheck.py"]
    labels = {name.rpartition(".")[2]: text for name, text in config["Labels"].items()}
    assert labels["title"] == "Storefront"
    assert labels["version"] == "verify"
    assert len(labels["revision"]) == 40
    assert labels["source"].startswith("https://")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"REDIS_URL": None}, "REDIS_URL is not set"),
        ({"MEDIA_BUCKET": None}, "MEDIA_BUCKET is not set"),
        ({"DATABASE_URL": "mysql://shop:s3cret@db/shop"}, "DATABASE_URL is no address"),
        ({"RUN_DIR": "/app/run"}, "RUN_DIR=/app/run cannot be written to"),
        ({}, 'connection to server at "127.0.0.1", port 9 failed'),
    ],
    ids=["key", "database", "redis", "bucket", "address", "volume", "unreachable"],
)
def test_wrong_start_ends_with_one_line(changes, words):
    done = run("web", **changes)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert "s3cret" not in done.stderr


def test_container_that_waits_for_its_database_ends_when_it_is_asked_to():
    environment = (f"--env={name}={value}" for name, value in SETTINGS.items())
    options = (each for each in RUN[2:] if each != "--rm")
    started = engine.docker("run", "--detach", *options, *environment, engine.IMAGE)
    time.sleep(3)
    try:
        engine.docker("stop", "--time=15", started)
        code = engine.inspected(started, "{{.State.ExitCode}}")
    finally:
        engine.docker("rm", "--force", started)

    assert code == "143"  # 137 is killed, at the end of the patience


def test_tag_that_does_not_exist_is_named():
    missing = "ghcr.io/your-org/ecommerce:v0.0.0-none"

    done = engine.ask("docker", "run", "--rm", missing, check=False)

    assert done.returncode == 125
    assert missing in done.stderr
