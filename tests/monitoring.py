"""What `monitoring/` holds, and which metrics it asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

MONITORING = Path(__file__).resolve().parents[1] / "monitoring"
FILLED_IN = {"$__rate_interval": "1m", "$namespace": ".*", "$job": ".*"}

# --- PromQL: Prometheus 2 has no call that tells which metrics an expression asks for -----

AGGREGATIONS = (
    "sum avg count min max group stddev stdvar topk bottomk count_values quantile"
)
OPERATORS = "and or unless atan2 offset bool inf nan start end"
NO_METRICS = frozenset(f"{AGGREGATIONS} {OPERATORS}".split())

TEXT = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)"""
TOKEN = re.compile(
    rf"""
    \#[^\n]*                                             # a comment
    | {TEXT}
    | \{{(?:{TEXT}|[^}}"'`])*\}}                         # matchers of labels
    | \[[^\]]*\]                                         # a range
    | \b(?:by|without|on|ignoring|group_left|group_right)\b\s*(?:\([^)]*\))?
    | [\d.][\w.]*                                        # a number or a duration
    | (?P<function>[A-Za-z_]\w*)(?=\s*\()
    | (?P<name>[A-Za-z_:][\w:]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def metric_names(expression: str) -> set[str]:
    names = {found["name"] for found in TOKEN.finditer(expression)}
    return {name for name in names if name and name.lower() not in NO_METRICS}


# --- Rules and dashboard ------------------------------------------------------------------


def rules(kind: str) -> list[dict[str, Any]]:
    """All rules of the kind `alert` or `record`."""
    return [
        rule
        for path in sorted(MONITORING.glob("rules/*.yaml"))
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
        if kind in rule
    ]


def dashboard_read() -> dict[str, Any]:
    return json.loads((MONITORING / "dashboards/storefront.json").read_text())


def dashboard_queries() -> list[str]:
    """All that it asks Prometheus for, its variables filled in."""
    dashboard = dashboard_read()
    queries = [
        target["expr"]
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    ]
    queries += [each["expr"] for each in dashboard["annotations"]["list"]]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            queries += re.findall(
                r"^label_values\((.+), \w+\)$", variable["definition"]
            )
    return [filled_in(query) for query in queries]


def filled_in(query: str) -> str:
    for variable, value in FILLED_IN.items():
        query = query.replace(variable, value)
    return query


# --- Metrics ------------------------------------------------------------------------------


def asked_for() -> set[str]:
    """Every metric in a rule or in the dashboard."""
    expressions = [rule["expr"] for rule in [*rules("alert"), *rules("record")]]
    return set().union(*map(metric_names, [*expressions, *dashboard_queries()]))


def external_metrics() -> set[str]:
    """Those that others give."""
    listed = yaml.safe_load((MONITORING / "external-metrics.yaml").read_text())
    return {name for names in listed.values() for name in names}


def recorded_series() -> set[str]:
    return {rule["record"] for rule in rules("record")}


def asked_of_the_shop() -> set[str]:
    return asked_for() - recorded_series() - external_metrics()
