from django.conf import settings
from prometheus_client import Counter

REQUESTS_REFUSED = Counter(
    "storefront_requests_refused_total",
    "Requests refused because their client or account was over a limit.",
    ["limit"],
)
for _limit in settings.LIMITS:
    REQUESTS_REFUSED.labels(_limit)
