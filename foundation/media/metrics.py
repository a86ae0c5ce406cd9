"""How long renditions take, and whether they come out."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

RENDITION_SECONDS = Histogram(
    "storefront_rendition_seconds",
    "Seconds that making one rendition of an image took.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
RENDITIONS = Counter(
    "storefront_renditions_total", "Renditions by outcome: made, failed.", ["outcome"]
)
for _outcome in ("made", "failed"):
    RENDITIONS.labels(_outcome)


@contextmanager
def rendition_measured() -> Iterator[None]:
    try:
        with RENDITION_SECONDS.time():
            yield
    except Exception:
        RENDITIONS.labels("failed").inc()
        raise
    RENDITIONS.labels("made").inc()
