import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from storefront.settings.env import (
    ROOT,
    Env,
    mail_address,
    read_dotenv,
    redis_address,
)
from storefront.settings.redis import with_password

MADE = sha256(b"redis:key").hexdigest()

PRODUCTION = {
    "SECRET_KEY": "s3cret-" + "0123456789abcdefghij" * 3,
    "DATABASE_URL": os.environ["DATABASE_URL"],
    "REDIS_URL": os.environ["REDIS_URL"],
    "ALLOWED_HOSTS": "shop.example",
    "BACKUP_BUCKET": "shop-backups",
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


def read_production(**changes: str) -> dict[str, str]:
    """Addresses of Redis as production has them."""
    code = "import json; from storefront.settings import production as found\n"
    code += "print(json.dumps([found.REDIS_URL, found.CELERY_BROKER_URL, "
    code += "found.CACHES['default']['LOCATION']]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "site",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}/site:{ROOT}"}
        | PRODUCTION
        | changes,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(("shop", "broker", "cache"), json.loads(done.stdout), strict=True))


def test_production_sends_redis_a_password_even_if_none_is_named():
    made = read_production(REDIS_URL="redis://redis:6379/0")
    named = read_production(REDIS_URL="redis://:own@redis:6379/0")
    other = read_production(REDIS_URL="redis://redis/0", SECRET_KEY="other-" * 20)

    assert re.fullmatch(r"redis://:[0-9a-f]{64}@redis:6379/0", made["shop"])
    assert set(made.values()) == {made["shop"]}
    assert set(named.values()) == {"redis://:own@redis:6379/0"}
    assert urlsplit(other["shop"]).password != urlsplit(made["shop"]).password


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("redis://:p%40@h:1/0", "redis://:p%40@h:1/0"),
        ("rediss://u@[::1]:1/0?a=b", f"rediss://u:{MADE}@[::1]:1/0?a=b"),
    ],
)
def test_password_is_added_only_where_one_is_missing(address, expected):
    assert with_password(address, secret_key="key") == expected


def test_certificate_of_redis_is_verified_unless_the_address_refuses(
    monkeypatch, tmp_path
):
    def read(address):
        monkeypatch.setenv("REDIS_URL", address)
        return redis_address("REDIS_URL", "redis", "rediss")

    authority = tmp_path / "ca.pem"
    authority.touch()
    given = f"ssl_ca_certs={authority}"

    assert read("redis://h/0") == "redis://h/0"
    assert read("rediss://h/0") == "rediss://h/0?ssl_cert_reqs=required"
    assert (
        read(f"rediss://h/0?{given}") == f"rediss://h/0?ssl_cert_reqs=required&{given}"
    )
    assert read("rediss://h?ssl_cert_reqs=none") == "rediss://h?ssl_cert_reqs=none"


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
        "BACKUP_BUCKET",
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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CONN_MAX_AGE", "long", "CONN_MAX_AGE=long: a whole number is needed."),
        ("DEBUG", "maybe", "DEBUG=maybe: True or False is needed."),
        ("METRICS_PORT", "99999", "METRICS_PORT=99999 is no port: 0 to 65535."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL=loud is not known: one of DEBUG, "),
        ("WORKER_CONCURRENCY", "0", "WORKER_CONCURRENCY=0: at least 1 is needed."),
        ("BACKUP_DAYS", "-1", "BACKUP_DAYS=-1: at least 1 is needed."),
        ("CONN_MAX_AGE", "-1", "CONN_MAX_AGE=-1: at least 0 is needed."),
        ("SENTRY_SAMPLE_RATE", "7", "SENTRY_SAMPLE_RATE=7.0 is no share: 0 to 1."),
        ("CURRENCY", "EURO", "CURRENCY=EURO is no currency of ISO 4217 such as EUR."),
        ("CURRENCY", "eur", "CURRENCY=eur is no currency of ISO 4217 such as EUR."),
        (
            "ALLOWED_HOSTS",
            "shop.example,https://b.example",
            "ALLOWED_HOSTS=https://b.example is no host name such as ",
        ),
        ("MEDIA_URL", "https://", "MEDIA_URL is no address that begins with https"),
        ("MEDIA_URL", "https://m.example/x", "MEDIA_URL=https://m.example/x must end"),
        ("PRIVATE_BUCKET", "shop-media", "MEDIA_BUCKET, PRIVATE_BUCKET and BACKUP_"),
        ("BACKUP_BUCKET", "shop-private", "MEDIA_BUCKET, PRIVATE_BUCKET and BACKUP_"),
        ("AWS_ACCESS_KEY_ID", "s3cret", "AWS_SECRET_ACCESS_KEY is not set."),
        ("EMAIL_URL", "smtp://", "EMAIL_URL is no address of a mail server: "),
        ("EMAIL_URL", "filemail://mail", "EMAIL_URL is no address of a mail server: "),
        ("THEME", "none", "THEME=none is not known: one of base, "),
        ("TIME_ZONE", "Mars/Base", "TIME_ZONE=Mars/Base is no time zone such as "),
        ("EMAIL_URL", "s3cret", "EMAIL_URL is no address of a mail server: "),
        ("SENTRY_DSN", "s3cret", "SENTRY_DSN is no address that begins with https://"),
        ("BASE_URL", "shop.example", "BASE_URL is no address that begins with https"),
        ("CELERY_BROKER_URL", "s3cret", "CELERY_BROKER_URL is no address that begins "),
        ("DATABASE_URL", "postgresql://...", "DATABASE_URL names no database: "),
        (
            "DATABASE_URL",
            "postgres://shop:s3cret@db/shop?sslmode=require&sslmod=require",
            "DATABASE_URL: PostgreSQL knows no option sslmod of a connection.",
        ),
        (
            "REDIS_URL",
            "rediss://:s3cret@redis:6379/0?ssl_ca_certs=/none",
            "REDIS_URL: ssl_ca_certs=/none cannot be read.",
        ),
        ("SECRET_KEY_FILE", "/none", "SECRET_KEY_FILE=/none cannot be read (No such "),
        (
            "DJANGO_SETTINGS_MODULE",
            "storefront.settings.none",
            "DJANGO_SETTINGS_MODULE=storefront.settings.none does not exist.",
        ),
    ],
)
def test_value_that_makes_no_sense_is_named_in_one_line(name, value, said):
    result = check_deploy(**{name: value})

    assert result.returncode == 1
    assert result.stderr.startswith(f"Settings: {said}")
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr


def test_value_is_taken_as_it_stands(monkeypatch, tmp_path: Path):
    path = tmp_path / "secret"
    path.write_text("from a file\n")
    monkeypatch.setenv("LIKE_A_NAME", "$ecret")
    monkeypatch.setenv("IN_A_FILE_FILE", str(path))
    monkeypatch.setenv("EMPTY", "")

    env = Env()

    assert env.str("LIKE_A_NAME") == "$ecret"
    assert env.str("IN_A_FILE") == "from a file"
    assert env.int("EMPTY", default=7) == 7


@pytest.mark.parametrize(
    ("module", "is_demo"), [("production", False), ("development", True)]
)
def test_only_development_settings_can_be_a_demo(module, is_demo):
    code = f"import storefront.settings.{module} as settings; print(settings.DEMO)"

    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=PRODUCTION
        | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
            "DEMO": "True",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == str(is_demo)


def test_mail_folder_is_the_path_of_the_address(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "filemail:///var/lib/the%20shop/mail")

    address = mail_address("EMAIL_URL", default="consolemail://")

    assert address["EMAIL_FILE_PATH"] == "/var/lib/the shop/mail"
    assert address["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


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


def preflight(role: str = "web", **changes: str) -> subprocess.CompletedProcess[str]:
    return started("-m", "storefront.preflight", role, **changes)


def started(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}"}
        | PRODUCTION
        | changes,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["gunicorn", "storefront.wsgi", "--config=docker/gunicorn.conf.py"],
        ["celery", "--app=storefront", "worker"],
        ["celery", "--app=storefront", "beat"],
        ["storefront.preflight", "worker"],
        ["storefront.preflight", "beat"],
    ],
    ids=" ".join,
)
def test_every_program_of_production_names_what_is_missing_in_one_line(arguments):
    """Also where the image's entrypoint has not looked before."""
    result = started("-m", *arguments, DATABASE_URL="")

    assert result.returncode == 1
    assert result.stderr.startswith("Settings: DATABASE_URL is not set.")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("listed", [None, "", "{}", '{"paths": {}}'])
def test_server_without_static_files_is_not_started(tmp_path: Path, listed):
    if listed is not None:
        (tmp_path / "staticfiles.json").write_text(listed)

    result = preflight(STATIC_ROOT=str(tmp_path), RUN_DIR=str(tmp_path))

    assert result.returncode == 1
    assert result.stderr == (
        f"Settings: STATIC_ROOT={tmp_path} holds no static files: "
        "run `manage.py collectstatic`.\n"
    )


@pytest.mark.parametrize(
    ("role", "variable"),
    [
        ("web", "MEDIA_ROOT"),
        ("worker", "PRIVATE_ROOT"),
        ("beat", "RUN_DIR"),  # it has no volume for files
    ],
)
def test_folder_that_cannot_be_written_to_is_named(tmp_path: Path, role, variable):
    (tmp_path / "staticfiles.json").write_text(
        '{"paths": {"a": "a"}, "version": "1.1"}'
    )
    folders = dict.fromkeys(
        ("RUN_DIR", "MEDIA_ROOT", "PRIVATE_ROOT"), f"{tmp_path}/files"
    )

    if role == "beat":
        folders["MEDIA_ROOT"] = "/dev/null/none"

    result = preflight(
        role,
        **folders | {variable: "/dev/null/folder"},
        STATIC_ROOT=str(tmp_path),
        DJANGO_SETTINGS_MODULE="storefront.settings.development",
        MEDIA_BUCKET="",
        PRIVATE_BUCKET="",
    )

    assert result.returncode == 1
    assert result.stderr == (
        f"Settings: {variable}=/dev/null/folder cannot be written to (Not a directory).\n"
    )


def test_web_servers_variables_are_looked_at_before_it_starts(tmp_path: Path):
    result = preflight(WEB_CONCURRENCY="two", STATIC_ROOT=str(tmp_path))

    assert result.returncode == 1
    assert result.stderr == "Settings: WEB_CONCURRENCY=two: a whole number is needed.\n"


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


def test_server_asks_whether_the_machine_of_a_client_is_still_there(db):
    """A worker whose machine is gone must not hold its locks for the two hours of Linux."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp_keepalives_%'"
        )
        asked = dict(cursor.fetchall())
    assert asked == {
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }


def test_queries_of_pages_are_not_compiled(db):
    """PostgreSQL compiles what it thinks expensive; that took seconds, which no time-out ends."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
