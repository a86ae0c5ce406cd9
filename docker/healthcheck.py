"""Does the container's process answer? Asks neither database nor Redis; exit code 0 or 1."""

import os
import sys
import urllib.request
from pathlib import Path

SECONDS = 4


def address() -> str:
    role = Path(os.environ["RUN_DIR"], "role").read_text().strip()
    if role == "web":
        return f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz/"
    return f"http://127.0.0.1:{os.environ.get('METRICS_PORT', '9100')}/metrics"


try:
    with urllib.request.urlopen(address(), timeout=SECONDS) as answer:  # noqa: S310
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(f"No answer: {error}")
