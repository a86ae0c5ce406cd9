import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from storefront.settings.env import ROOT, read_dotenv

PRODUCTION = {
    "SECRET_KEY": "s3cret-" + "0123456789abcdefghij" * 3,
    "DATABASE_URL": os.environ["DATABASE_URL"],
    "REDIS_URL": os.environ["REDIS_URL"],
    "ALLOWED_HOSTS": "shop.example",
    "EMAIL_URL": "smtp://mail.example:25",
    "MEDIA_BUCKET": "shop-media",
    "MEDIA_URL": "https://media.shop.example/",
    "PRIVATE_BUCKET": "shop-private",
}


def check_deploy(**changes: str | None) -> subprocess.CompletedProcess[str]:
    variables = {
        name: value
        for name, value in (PRODUCTION | changes).items()
        if value is not None
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "storefront.settings.production",
        }
        | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_have_no_deployment_warning():
    result = check_deploy()

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "MEDIA_BUCKET",
        "MEDIA_URL",
        "PRIVATE_BUCKET",
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_production_names_the_variable_that_is_missing(name, value):
    result = check_deploy(**{name: value})

    assert result.returncode != 0
    assert f"{name} is not set" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://shop:s3cret@db/shop"),
        ("DATABASE_URL", "postgres://shop:s3cret@db:port/shop"),
        ("DATABASE_URL", "s3cret"),
        ("REDIS_URL", "http://:s3cret@redis"),
        ("MEDIA_URL", "/media/"),
    ],
)
def test_wrong_address_is_named_without_its_password(name, value):
    result = check_deploy(**{name: value})

    assert result.returncode == 1
    assert result.stderr.startswith(f"Settings: {name} is no address that begins with")
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr


def test_database_that_does_not_answer_is_named_in_one_line():
    environment = os.environ | {"DATABASE_URL": "postgres://shop:s3cret@127.0.0.1:9/x"}

    result = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "storefront.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.startswith("Database: ")
    assert "127.0.0.1" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr


def test_broken_dotenv_is_refused_with_its_line(tmp_path: Path):
    path = tmp_path / ".env"
    path.write_text("# a shop\nDEBUG=True\n\nTHEME base\n")

    with pytest.raises(ImproperlyConfigured, match=r"\.env, line 4: .*'THEME base'"):
        read_dotenv(path)


def test_environment_wins_over_dotenv(tmp_path: Path, monkeypatch):
    path = tmp_path / ".env"
    path.write_text('export THEME=ours\nCOLOUR="dark red"\n')
    monkeypatch.setenv("THEME", "theirs")
    monkeypatch.delenv("COLOUR", raising=False)

    read_dotenv(path)

    assert (os.environ["THEME"], os.environ["COLOUR"]) == ("theirs", "dark red")
    monkeypatch.delenv("COLOUR")
