"""`make db-backup` and `make db-restore`: which shop they work on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("dotenv", "variables", "is_own"),
    [
        ("", {}, False),
        ("# DATABASE_URL=postgres://a/b\nDATABASE_URL=\n", {}, False),
        ("DATABASE_URL=postgres://a/b\n", {}, True),
        ("  export DATABASE_URL = postgres://a/b\n", {}, True),
        ("DATABASE_URL_FILE=/run/secrets/url\n", {}, True),
        ("", {"DATABASE_URL": "postgres://a/b"}, True),
        ("", {"DATABASE_URL_FILE": "/run/secrets/url"}, True),
    ],
)
def test_scripts_take_the_shop_that_is_named_else_the_demo(
    tmp_path: Path, dotenv: str, variables: dict[str, str], is_own: bool
) -> None:
    """Never the demo's database in place of the one that was meant."""
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$*"\n')
    python.chmod(0o755)
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(CHECKOUT / "scripts/db-backup", tmp_path / "scripts")
    (tmp_path / ".env").write_text(dotenv)

    said = subprocess.run(
        [script, "--days", "30"],
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    own = "manage.py db_backup --days 30\n"
    demo = f"scripts/services run -- {python.relative_to(tmp_path)} {own}"
    assert said == (own if is_own else demo)
