"""docs/security.md: each measure names tests that exist, and each file of attacks is named."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PAGE = (ROOT / "docs" / "security.md").read_text()
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def measures() -> list[tuple[str, str]]:
    """The cells of the table: a measure, its tests. Headings within it are left out."""
    table = PAGE.split("## Measures, and the test of each\n")[1]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line[:1] == "|"]
    return [(measure, tests) for measure, tests in rows[2:] if "**" not in measure]


def test_every_measure_names_a_test_that_exists():
    for measure, tests in measures():
        named = TEST.findall(tests)
        assert named, measure
        for file, test in named:
            path = ROOT / file if "/" in file else HERE / file
            assert f"def {test}(" in path.read_text(), (measure, test)


def test_every_file_of_attacks_is_named():
    named = {
        file for _measure, tests in measures() for file, _test in TEST.findall(tests)
    }

    assert {path.name for path in HERE.glob("test_*.py")} - named == {
        Path(__file__).name
    }
