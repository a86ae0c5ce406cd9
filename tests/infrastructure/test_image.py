"""The image and the compose files, as far as they can be read without a daemon."""

import re
import shutil
import subprocess
from fnmatch import fnmatch

import pytest
import yaml

from storefront.settings.env import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text().splitlines()
    if line and not line.startswith("#")
]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SWARM = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text())
OURS = "ghcr.io/your-org/ecommerce"


def stages() -> list[str]:
    return re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def is_left_out(path: str) -> bool:
    """Docker's rule: the last pattern that fits a path or one of its folders decides."""
    parts = path.split("/")
    left_out = False
    for pattern in IGNORED:
        wanted = pattern.removeprefix("!").removeprefix("**/")
        for depth in range(1, len(parts) + 1):
            candidates = ["/".join(parts[:depth])]
            if pattern.startswith("**/"):
                candidates = [parts[depth - 1]]
            if any(fnmatch(each, wanted) for each in candidates):
                left_out = not pattern.startswith("!")
    return left_out


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.production",
        "site/.env",
        ".git/config",
        ".local/secret_key",
        ".venv/bin/python",
        "checkout/tests/test_views.py",
        "conftest.py",
        "requirements/dev.txt",
        "requirements/test.txt",
        "terraform/main.tf",
    ],
)
def test_secrets_history_and_development_stay_outside(path):
    assert is_left_out(path)


@pytest.mark.parametrize(
    "path",
    [
        "manage.py",
        "catalogue/models.py",
        "site/storefront/wsgi.py",
        "site/storefront/locale/de/LC_MESSAGES/django.mo",
        "themes/base/templates/base.html",
        "requirements/production.txt",
        "docker/entrypoint",
        "docker/gunicorn.conf.py",
    ],
)
def test_what_runs_is_inside(path):
    assert (ROOT / path).exists()
    assert not is_left_out(path)


def test_last_stage_is_what_runs_and_builds_nothing():
    *_, last = stages()

    assert " AS " not in last.splitlines()[0]
    assert "pip" not in last
    assert "USER 10001:10001" in last
    assert 'ENTRYPOINT ["docker/entrypoint"]' in last
    assert not re.search(r"gcc|build-essential|-dev\b", last)


def test_packages_come_by_their_hashes():
    (install,) = re.findall(r"pip install .*", DOCKERFILE)

    assert "--require-hashes" in install
    assert "requirements/production.txt" in install


def test_roles_of_the_entrypoint_are_those_that_are_used():
    entrypoint = (ROOT / "docker/entrypoint").read_text()
    used = {
        command
        for file in (COMPOSE, SWARM)
        for service in file["services"].values()
        if service["image"].startswith(OURS)
        for command in service["command"][:1]
        if command != "sh"  # the backup's loop
    }

    assert used == {"web", "worker", "beat", "migrate"}
    for role in used | {"backup"}:
        assert re.search(rf"^{role}\)", entrypoint, re.MULTILINE), role


@pytest.mark.parametrize("file", [COMPOSE, SWARM], ids=["compose", "swarm"])
def test_containers_of_the_shop_have_no_more_rights_than_they_need(file):
    for name, service in file["services"].items():
        if service["image"].startswith(OURS):
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
            assert "privileged" not in service, name


@pytest.mark.parametrize("file", [COMPOSE, SWARM], ids=["compose", "swarm"])
def test_images_are_the_documented_ones(file):
    images = {service["image"] for service in file["services"].values()}

    assert {"postgres:15-alpine", "redis:7-alpine", "nginx:1.25-alpine"} <= images
    assert not [image for image in images if ":" not in image]


def test_development_is_reached_from_this_computer_alone():
    ports = [
        port
        for service in COMPOSE["services"].values()
        for port in service.get("ports", ())
    ]

    assert "127.0.0.1:8000:8000" in ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_development_needs_no_environment_of_its_own():
    assert "${" not in (ROOT / "docker-compose.yml").read_text()
    assert not any("env_file" in each for each in COMPOSE["services"].values())


def test_production_gives_every_service_limits_and_no_secret_in_words():
    for name, service in SWARM["services"].items():
        assert service["deploy"]["resources"]["limits"]["memory"], name
    environment = SWARM["services"]["web"]["environment"]
    for secret in ("SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
        assert secret not in environment
        assert environment[f"{secret}_FILE"].startswith("/run/secrets/ecommerce_")
    assert all(each == {"external": True} for each in SWARM["secrets"].values())


@pytest.mark.parametrize("name", ["web", "worker", "beat", "nginx"])
def test_roll_out_in_swarm_takes_itself_back(name):
    deploy = SWARM["services"][name]["deploy"]

    order = "stop-first" if name == "nginx" else "start-first"  # it has the node's port
    assert deploy["update_config"]["failure_action"] == "rollback"
    assert deploy["update_config"]["order"] == order


def test_redis_in_swarm_makes_its_password_of_the_secret_that_the_shop_has():
    redis, web = SWARM["services"]["redis"], SWARM["services"]["web"]
    variable = "SECRET_KEY_FILE"

    assert redis["command"] == ["sh", "/etc/storefront/start.sh"]
    assert redis["environment"] == {variable: web["environment"][variable]}
    assert redis["secrets"] == ["ecommerce_secret_key"]
    given = {
        each["target"]: SWARM["configs"][each["source"]]["file"]
        for each in redis["configs"]
    }
    assert given == {
        f"/etc/storefront/{name}": f"./helm/ecommerce/files/redis/{name}"
        for name in ("redis.conf", "start.sh")
    }


def test_backup_in_swarm_is_made_each_day_and_shows_that_it_failed():
    """A task that ends is started again; meanwhile the service has 0 of 1 replicas."""
    backup = SWARM["services"]["backup"]

    assert backup["environment"]["BACKUP_BUCKET"] == "${BACKUP_BUCKET:-shop-backups}"
    assert backup["command"][:2] == ["sh", "-euc"]
    assert backup["command"][2].splitlines()[-2:] == [
        "python manage.py db_backup",
        "exec sleep 86400",
    ]
    assert backup["deploy"]["replicas"] == 1
    assert backup["deploy"]["restart_policy"] == {"condition": "any", "delay": "15m"}


def test_nginx_sees_who_connects_in_swarm():
    """Through the routing mesh all visitors would have one address, and share one limit."""
    nginx = SWARM["services"]["nginx"]

    assert [port["mode"] for port in nginx["ports"]] == ["host"]
    assert nginx["deploy"]["mode"] == "global"


@pytest.mark.parametrize("file", [COMPOSE, SWARM], ids=["compose", "swarm"])
def test_every_variable_is_one_that_the_settings_read(file):
    reference = (ROOT / "docs/reference/settings.md").read_text()
    given = {
        name.removesuffix("_FILE")
        for service in file["services"].values()
        if service["image"].startswith(OURS)
        for name in service["environment"]
    } - {"DJANGO_SETTINGS_MODULE"}

    assert given
    assert not {name for name in given if f"`{name}`" not in reference}


def test_swarm_accepts_its_file():
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("no Docker client")

    done = subprocess.run(
        [docker, "stack", "config", "-c", "docker-compose.prod.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "ecommerce_secret_key" in done.stdout
