"""The page about metrics is compared with what is registered."""

import re
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from prometheus_client import REGISTRY, Counter, Histogram

import foundation.core.cache  # noqa: F401  # registers the cache's
from foundation.observability.exposition import RunningCollector
from foundation.observability.state import OWN_GAUGES, gauges

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/metrics.md"
PYTHONS_OWN = {"GCCollector", "PlatformCollector", "ProcessCollector"}


def registered() -> set[tuple[str, str, tuple[str, ...]]]:
    WSGIHandler()  # loads the middleware
    found = {
        (name, "gauge, state", tuple(labels))
        for name, _meaning, labels in [
            *OWN_GAUGES,
            *((each.name, each.meaning, each.labels) for each in gauges.values()),
        ]
    }
    for metric in RunningCollector().collect():
        found.add((metric.name, "gauge", tuple(metric.samples[0].labels)))
    for metric in set(REGISTRY._names_to_collectors.values()):
        if type(metric).__name__ in PYTHONS_OWN:
            continue
        assert isinstance(metric, Counter | Histogram), f"{metric}: see add-a-metric.md"
        is_counter = isinstance(metric, Counter)
        name = f"{metric._name}_total" if is_counter else metric._name
        kind = "counter" if is_counter else "histogram"
        found.add((name, kind, tuple(metric._labelnames)))
    return found | {("storefront_build_info", "gauge", ("version",))}


def documented() -> set[tuple[str, str, tuple[str, ...]]]:
    rows = re.findall(
        r"^\| `((?:storefront|django)_\w+)` \| ([a-z, ]+) \| ([^|]*)\|",
        PAGE.read_text(),
        re.MULTILINE,
    )
    return {
        (name, kind.strip(), tuple(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in rows
    }


def test_every_metric_is_in_the_reference_with_type_and_labels():
    assert registered() - documented() == set()
    assert documented() - registered() == set()


def test_names_follow_the_convention():
    for name, _kind, labels in registered():
        assert name.startswith(("storefront_", "django_"))
        assert not {"le", "pid", "path", "user"} & set(labels)
