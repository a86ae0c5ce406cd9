"""What visitors look for. A new one: docs/howto/add-a-metric.md."""

from prometheus_client import Counter

SEARCHES = Counter(
    "storefront_searches_total",
    "Searches by outcome: found, empty; only the first page of each counts.",
    ["outcome"],
)
for _outcome in ("found", "empty"):
    SEARCHES.labels(_outcome)
