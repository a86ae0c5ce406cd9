"""What the reference pages promise to be complete is compared with the code."""

import ast
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SETTINGS = CHECKOUT / "site/storefront/settings"


def variables_read() -> set[str]:
    """Names in `env.str("NAME")` … and in calls of `env.py`'s functions, as `required("NAME")`, of all settings."""
    names = set()
    readers = {
        node.name
        for node in ast.parse((SETTINGS / "env.py").read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    for path in SETTINGS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func)
                is_read = called in readers or called.startswith("env.")
                if is_read and isinstance(node.args[0], ast.Constant):
                    names.add(str(node.args[0].value))
    return {name for name in names if name.isupper()}


def first_cells(page: str) -> list[str]:
    text = (CHECKOUT / page).read_text()
    return re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)


def test_every_variable_is_in_the_reference_and_the_example() -> None:
    reference = set(
        re.findall(
            r"`([A-Z0-9_]+)`", " ".join(first_cells("docs/reference/settings.md"))
        )
    )
    example = set(
        re.findall(
            r"^(?:# )?([A-Z0-9_]+)=",
            (CHECKOUT / ".env.example").read_text(),
            re.MULTILINE,
        )
    )

    assert {"SECRET_KEY", "DATABASE_URL", "THEME"} <= variables_read()
    assert variables_read() - reference == set()
    assert example == variables_read()


def test_every_direct_dependency_has_its_reason() -> None:
    cells = re.split(r", ", ", ".join(first_cells("docs/reference/dependencies.md")))
    required = {
        name.lower()
        for path in (CHECKOUT / "requirements").glob("*.in")
        for name in re.findall(r"^([A-Za-z0-9-]+)", path.read_text(), re.MULTILINE)
        if not name.startswith("-")
    }

    assert "wagtail" in required
    assert required - {cell.lower() for cell in cells} == set()


def test_every_document_that_is_linked_exists() -> None:
    pages = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("**/*.md")]
    links = {
        (page.relative_to(CHECKOUT), link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
        if not link.startswith(("http:", "https:", "mailto:"))
    }

    assert links
    assert {
        (page, link)
        for page, link in links
        if not (CHECKOUT / page.parent / link).exists()
    } == set()


def test_make_help_names_every_target() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()

    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    helped = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))

    assert {"demo", "test", "help"} <= targets
    assert helped == targets
