"""Which metrics a PromQL expression asks for. Prometheus 2 has no call that tells."""

import re

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
