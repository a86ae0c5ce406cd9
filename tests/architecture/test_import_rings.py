"""No module imports, directly or by others, what imports it."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

PACKAGES = [
    "analytics",
    "backoffice",
    "catalogue",
    "checkout",
    "cms_pages",
    "foundation",
    "storefront",
]


def test_no_modules_import_each_other_in_a_ring():
    """Imports inside functions count, those for types alone don't."""
    graph = grimp.build_graph(
        *PACKAGES, exclude_type_checking_imports=True, cache_dir=None
    )
    imports = {
        module: graph.find_modules_directly_imported_by(module)
        for module in graph.modules
    }

    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
