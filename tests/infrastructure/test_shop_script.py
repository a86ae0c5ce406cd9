"""`scripts/shop`: the shop on this computer is the same whatever an `.env` for a server says."""

import json
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


def test_dotenv_for_a_server_does_not_reach_the_demo(shop, monkeypatch) -> None:
    for name in shop.NOT_FROM_DOTENV:
        monkeypatch.delenv(name, raising=False)
    code = (
        "import json; from storefront.settings.env import ROOT, read_dotenv; "
        "read_dotenv(ROOT / '.env.example'); import storefront.settings.development as s; "
        "print(json.dumps([s.ALLOWED_HOSTS, s.WAGTAILADMIN_BASE_URL, s.EMAIL_BACKEND,"
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
        "django.core.mail.backends.console.EmailBackend",
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
