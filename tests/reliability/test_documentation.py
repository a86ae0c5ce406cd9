"""docs/reliability.md: a complete table, whose tests exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()
AREAS = 9
CODE = re.compile(r"\b[A-Z]\d\b")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def test_every_cell_names_a_test_and_every_test_a_fault():
    tests = {code for code, *_ in rows("Tests")}
    named = set()

    for fault, *cells in rows("Fault × area"):
        assert len(cells) == AREAS, fault
        for cell in cells:
            codes = set(CODE.findall(cell))
            assert codes or cell == "–", (fault, cell)
            named |= codes

    assert named == tests


def test_every_named_test_exists():
    folder = ROOT / "tests" / "reliability"
    named = dict.fromkeys(re.findall(r"`(test_\w+)`", PAGE))

    for name in named:
        definition = f"def {name}("
        assert any(definition in path.read_text() for path in folder.glob("*.py")), name
    for _, test, file in rows("Tests"):
        assert f"def {test.strip('`')}(" in (folder / file.strip("`")).read_text()
