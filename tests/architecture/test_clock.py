"""Prices, offers and vouchers take their time from a ``ShopContext``, never from the wall."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOCKED = ("catalogue",)
WALL_CLOCKS = {
    "django.utils.timezone": {"now", "localdate"},
    "datetime.datetime": {"now", "utcnow", "today"},
    "datetime.date": {"today"},
    "django.db.models.functions": {"Now"},
    "time": {"time"},
}


def _sources() -> list[Path]:
    return [
        path
        for app in CLOCKED
        for path in sorted((ROOT / app).rglob("*.py"))
        if "tests" not in path.parts and "migrations" not in path.parts
    ]


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """What each name of the module stands for, e.g. ``tz`` → ``django.utils.timezone``."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return names.get(node.id, node.id) if isinstance(node, ast.Name) else ""


def wall_clocks(source: str) -> Iterator[str]:
    """Every reading of a wall clock in ``source``, as ``line: dotted name``."""
    tree = ast.parse(source)
    names = _imported_names(tree)
    banned = {
        f"{module}.{name}" for module, each in WALL_CLOCKS.items() for name in each
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            dotted = _dotted(node, names)
            if dotted in banned:
                yield f"{node.lineno}: {dotted}"


@pytest.mark.parametrize(
    "path", _sources(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_catalogue_reads_no_wall_clock(path):
    assert list(wall_clocks(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\ntimezone.now()",
        "from django.utils import timezone as tz\nfield(default=tz.now)",
        "from django.utils.timezone import now as soon\nsoon()",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "import django.utils.timezone\ndjango.utils.timezone.now()",
        "from django.db.models.functions import Now\nNow()",
    ],
)
def test_every_way_to_the_wall_clock_is_seen(source):
    assert list(wall_clocks(source))
