"""`scripts/shop`: the shop on this computer is the same whatever an `.env` for a server says."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LOOPBACK = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]


@pytest.fixture
def shop(monkeypatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("storefront_shop", str(CHECKOUT / "scripts/shop"))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "LOCAL", tmp_path)
    return module


def test_dotenv_for_a_server_does_not_reach_the_demo(
    shop, monkeypatch, tmp_path
) -> None:
    for name in (*shop.NOT_FROM_DOTENV, "EMAIL_URL"):
        monkeypatch.delenv(name, raising=False)
    code = (
        "import json; from storefront.settings.env import ROOT, read_dotenv; "
        "read_dotenv(ROOT / '.env.example'); import storefront.settings.development as s; "
        "print(json.dumps([s.ALLOWED_HOSTS, s.WAGTAILADMIN_BASE_URL, s.EMAIL_BACKEND, s.EMAIL_FILE_PATH, s.DEMO,"
        " s.MEDIA_BUCKET, s.PRIVATE_BUCKET, s.MEDIA_URL, s.SERVE_MEDIA]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=shop.shop_environment("demo", LOOPBACK, 8000),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == [
        ["localhost", "127.0.0.1", "[::1]"],
        "http://localhost:8000",
        "django.core.mail.backends.filebased.EmailBackend",
        str(tmp_path / "mails"),
        True,
        *("", "", "/media/", True),
    ]


def test_variable_of_the_environment_does(shop, monkeypatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://127.0.0.1:1025")
    monkeypatch.delenv("DEBUG", raising=False)

    environment = shop.shop_environment("dev", LOOPBACK, 8000)

    assert environment["EMAIL_URL"] == "smtp://127.0.0.1:1025"
    assert environment["DEBUG"] == "True"


def test_shop_listens_on_this_computer_only(shop, monkeypatch) -> None:
    monkeypatch.delenv("LISTEN", raising=False)

    environment = shop.shop_environment("demo", LOOPBACK, 8000)

    assert environment["LISTEN"] == "127.0.0.1,[::1]"


def test_demo_has_metrics_on_a_port_of_their_own_unless_it_is_taken(shop) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        shop.WEB_METRICS = str(other.getsockname()[1])

        assert shop.web_metrics_port("demo", LOOPBACK[:1]) == "0"

    assert shop.web_metrics_port("demo", LOOPBACK[:1]) == shop.WEB_METRICS
    assert shop.web_metrics_port("dev", LOOPBACK[:1]) == "0"


def run_command(shop, tmp_path: Path, code: str) -> str:
    """Run a management command that is this code. Return its log."""
    (tmp_path / "manage.py").write_text(code)
    with (tmp_path / "demo.log").open("w") as log:
        shop.manage(dict(os.environ), log, "Database schema", "migrate")
    return (tmp_path / "demo.log").read_text()


def test_command_is_one_line_and_its_output_is_in_the_log(
    shop, monkeypatch, tmp_path, capsys
) -> None:
    monkeypatch.setattr(shop, "CHECKOUT", tmp_path)

    log = run_command(shop, tmp_path, "for n in range(300): print('Applying', n)")

    assert len(log.splitlines()) == 300
    assert re.fullmatch(r"  Database schema +\d+ s *\n", capsys.readouterr().out)


def test_command_that_fails_shows_the_end_of_its_log_and_names_it(
    shop, monkeypatch, tmp_path, capsys
) -> None:
    monkeypatch.setattr(shop, "CHECKOUT", tmp_path)
    code = (
        "import sys\nfor n in range(300): print('line', n)\nsys.exit('no such table')"
    )

    with pytest.raises(SystemExit) as ended:
        run_command(shop, tmp_path, code)

    said = capsys.readouterr().err.strip().splitlines()
    assert ended.value.code == 1
    assert said[0] == "line 281"
    assert said[-4:] == [
        "no such table",
        "",
        "manage.py migrate failed.",
        f"All that was said: {tmp_path / 'demo.log'}",
    ]


def test_packages_that_cannot_be_installed_show_why(tmp_path) -> None:
    for name in ("scripts", "requirements"):
        (tmp_path / name).mkdir()
    shutil.copy(CHECKOUT / "scripts/venv", tmp_path / "scripts")
    (tmp_path / "requirements/base.txt").write_text("none==1 --hash=md5:1\n")

    done = subprocess.run(
        ["scripts/venv", "base"],
        cwd=tmp_path,
        env=os.environ | {"VENV": sys.prefix, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout == "  Installing the packages of: requirements/base.txt\n"
    assert "ERROR: " in done.stderr
    assert "all that pip said in .local/logs/packages.log" in done.stderr
    assert (tmp_path / ".local/logs/packages.log").read_text().strip() in done.stderr
