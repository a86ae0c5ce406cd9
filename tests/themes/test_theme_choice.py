"""``THEME`` puts a theme in front of ``base``."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def found_static(name: str, *, theme: str) -> Path:
    """The file that answers for ``name`` when ``theme`` is chosen."""
    done = subprocess.run(
        [sys.executable, "manage.py", "findstatic", "--first", "-v0", name],
        cwd=ROOT,
        env=os.environ | {"THEME": theme},
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip()).relative_to(ROOT / "themes")


def test_chosen_theme_answers_for_what_it_overrides():
    found = found_static("css/tokens.css", theme="night-market")

    assert found == Path("night-market/static/css/tokens.css")


def test_base_answers_for_the_rest():
    found = found_static("css/site.css", theme="night-market")

    assert found == Path("base/static/css/site.css")


def test_second_theme_needs_at_most_five_files():
    files = [
        path for path in (ROOT / "themes/night-market").rglob("*") if path.is_file()
    ]

    assert 1 <= len(files) <= 5
