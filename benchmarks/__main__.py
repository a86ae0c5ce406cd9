"""Measure what one pod of each kind can do: `make bench`.

JSON goes to standard output, tables and what is going on to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from benchmarks import plan
from benchmarks.jobs import jobs_measure
from benchmarks.pages import web_measure
from benchmarks.shop import Problem, Shop, program_path
from tests.reliability.servers import ROOT


def machine() -> dict[str, Any]:
    """Where and when; the load average tells whether others were at work."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit.stdout.strip(),
        "cpus": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def measure(seconds: int, orders: int) -> dict[str, Any]:
    for name, package in (("wrk", "wrk"), ("nginx", "nginx-light")):
        program_path(name, package)
    figures: dict[str, Any] = {"machine": machine()}
    with Shop() as shop:
        os.environ.update(shop.environment("bench"))
        sys.path.append(str(ROOT / "site"))
        import django

        django.setup()
        figures |= web_measure(shop, seconds=seconds, orders=orders)
        figures |= jobs_measure(shop)
    figures["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--seconds", type=int, default=5, help="for each kind of page (default: 5)"
    )
    parser.add_argument(
        "--orders", type=int, default=60, help="placed by guests (default: 60)"
    )
    options = parser.parse_args()
    if options.seconds < 1 or options.orders < 20:
        parser.error("at least 1 second and 20 orders make a figure")
    try:
        figures = measure(options.seconds, options.orders)
    except Problem as problem:
        sys.exit(str(problem))
    print(json.dumps(figures, indent=1))
    print(*plan.tables_of(figures).values(), sep="\n\n", file=sys.stderr)


if __name__ == "__main__":
    main()
