"""What import-linter can't see: foreign keys, class names and task names given as strings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps

ROOT = Path(__file__).parents[2]
LAYERS = [
    ("storefront",),
    ("backoffice", "analytics"),
    ("checkout", "cms_pages"),
    ("catalogue",),
    (
        "foundation.delivery",
        "foundation.media",
        "foundation.accounts",
        "foundation.audit",
    ),
    ("foundation.observability",),
    ("foundation.core",),
]
FOLDERS = {
    "storefront": "site/storefront",
    "backoffice": "site/backoffice",
    "analytics": "site/analytics",
}

OSCAR_POINTS_UPWARDS = {
    # Oscar's own model fields (4.2): kept, because its migrations hold them.
    ("voucher.VoucherApplication", "order.Order"),
    ("partner.PartnerAddress", "address.Country"),
}
"""(model, what it points at): the closed list of foreign keys that point upwards."""

OSCAR_LABELS = {
    "address": "checkout",
    "payment": "checkout",
    "communication": "checkout",
    "wishlists": "checkout",
}
"""Labels of Oscar apps that are not forked, and the wing they belong to."""


def layer_of(dotted: str) -> int | None:
    """Rank of the layer that ``dotted`` lies in, 0 the highest; ``None`` outside the house."""
    for rank, names in enumerate(LAYERS):
        if any(dotted == name or dotted.startswith(f"{name}.") for name in names):
            return rank
    return None


def layer_of_label(label: str) -> int | None:
    if label not in apps.app_configs:
        return None
    name = apps.get_app_config(label).name
    if name.startswith("oscar.apps.dashboard"):
        return layer_of("backoffice")
    return layer_of(OSCAR_LABELS.get(label, name))


def sources() -> Iterator[tuple[str, Path]]:
    """Every module of the house that runs in production: (its package, its file)."""
    for names in LAYERS:
        for name in names:
            folder = ROOT / FOLDERS.get(name, name.replace(".", "/"))
            for path in folder.rglob("*.py"):
                if not {"migrations", "tests"} & set(path.parts):
                    yield name, path


def calls(path: Path, function: str) -> Iterator[str]:
    """First arguments, where they are literal strings, of the calls of ``function``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if called == function and isinstance(first, ast.Constant):
            yield str(first.value)


def test_foreign_keys_point_downwards():
    upwards = set()
    for model in apps.get_models(include_auto_created=True):
        here = layer_of_label(model._meta.app_label)
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete and field.related_model):
                continue
            there = layer_of_label(field.related_model._meta.app_label)
            if here is not None and there is not None and there < here:
                upwards.add((model._meta.label, field.related_model._meta.label))

    assert upwards == OSCAR_POINTS_UPWARDS


@pytest.mark.parametrize("function", ["get_class", "get_classes", "get_model"])
def test_names_given_to_oscars_loader_point_downwards(function):
    upwards = set()
    for package, path in sources():
        for name in calls(path, function):
            there = layer_of_label(name.split(".")[0])
            here = layer_of(package)
            if there is not None and here is not None and there < here:
                upwards.add((str(path.relative_to(ROOT)), name))

    assert upwards == set()


def test_every_enqueued_task_exists():
    current_app.loader.import_default_modules()
    enqueued = {
        name for _, path in sources() for name in calls(path, "enqueue_on_commit")
    }

    assert enqueued
    assert enqueued <= set(current_app.tasks)


def test_every_task_is_named_by_its_module():
    for package, path in sources():
        if path.name != "tasks.py":
            continue
        for name in re.findall(r"shared_task\(\s*name=\"([^\"]+)\"", path.read_text()):
            module = path.relative_to(ROOT).with_suffix("")
            dotted = ".".join(module.parts).removeprefix("site.")
            assert name.rsplit(".", 1)[0] == dotted, package
