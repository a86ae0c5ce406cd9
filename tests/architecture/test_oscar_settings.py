"""A setting that nothing reads promises what does not happen."""

import ast
from pathlib import Path

import oscar

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "site/storefront/settings"
OSCAR = Path(oscar.__file__).parent

NOT_RUN = {
    "apps/checkout/context_processors.py": "pages do not vary on the visitor",
    "apps/checkout/forms.py": "the checkout has forms of its own",
    "apps/checkout/views.py": "the checkout has views of its own",
    "apps/customer/views.py": "the account has views of its own",
    "apps/offer/views.py": "offers have views of their own",
    "apps/search/views/base.py": "the search has views of its own",
    "apps/wishlists/views.py": "wish lists have a view of their own",
    "config.py": "the home page is Wagtail's",
    "core/context_processors.py": "pages do not vary on the visitor",
    "defaults.py": "sets them",
}
"""Modules of Oscar's (4.2) that the shop does not run, with the reason."""


def settings_of_the_shop() -> set[str]:
    """Names of Oscar's settings that are assigned in the shop's."""
    return {
        target.id
        for path in SETTINGS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("OSCAR_")
    }


def code_that_runs() -> str:
    of_oscar = [
        path
        for path in OSCAR.rglob("*.py")
        if str(path.relative_to(OSCAR)) not in NOT_RUN
        and path.relative_to(OSCAR).parts[0] != "test"
    ]
    of_shop = [
        path
        for folder in ("catalogue", "checkout", "cms_pages", "foundation", "site")
        for path in (ROOT / folder).rglob("*.py")
        if SETTINGS not in path.parents and "tests" not in path.parts
    ]
    return "\n".join(path.read_text() for path in [*of_oscar, *of_shop])


def test_each_setting_of_oscars_that_the_shop_sets_is_read():
    names, code = settings_of_the_shop(), code_that_runs()

    assert "OSCAR_DEFAULT_CURRENCY" in names
    assert {name for name in names if name not in code} == set()
    assert all((OSCAR / path).is_file() for path in NOT_RUN)
