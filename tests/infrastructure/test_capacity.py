"""The capacity plan agrees with the figures it is made of and with the manifests."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks import plan
from benchmarks.manifests import limits_read

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs/reference/capacity.md").read_text()
FIGURES = json.loads((CHECKOUT / "benchmarks/figures.json").read_text())


def test_every_table_of_the_page_is_what_figures_and_manifests_give() -> None:
    assert plan.page_with_tables(PAGE, FIGURES) == PAGE


def test_all_pods_find_a_connection_while_a_release_is_rolled_out() -> None:
    limits = limits_read()
    together = sum(count for _, count in limits.connections())

    assert together <= limits.max_connections
    assert limits.web_pods_possible >= limits.web_pods_most
    more = replace(limits, web_pods_most=limits.web_pods_possible)
    assert sum(count for _, count in more.connections()) <= limits.max_connections
    most = replace(limits, web_pods_most=limits.web_pods_possible + 1)
    assert sum(count for _, count in most.connections()) > limits.max_connections


def test_traffic_is_called_what_was_measured() -> None:
    """Web pods compress nothing, whatever a visitor accepts: the proxy does."""
    assert not [each for each in settings.MIDDLEWARE if "gzip" in each.lower()]
    assert "| Mbit/s from web pods, uncompressed |" in PAGE


def test_text_says_what_the_manifests_say() -> None:
    limits = limits_read()
    guide = (CHECKOUT / "docs/howto/deploy-on-kubernetes.md").read_text()
    together = sum(count for _, count in limits.connections())

    assert f"So {limits.web_pods_possible} web pods are possible" in PAGE
    assert f"`maxReplicas` up to {limits.web_pods_possible}," in PAGE
    assert f"HPA's {limits.web_pods_least} to {limits.web_pods_most} pods" in PAGE
    assert f"(probe, metrics): at most {limits.web_connections}." in PAGE
    assert f"worker pod has at most {limits.worker_connections}:" in PAGE
    assert (
        f"A web pod keeps at most {limits.web_connections}, "
        f"a worker {limits.worker_connections}, beat {limits.beat_connections}: "
        f"while a release is rolled out {together} of the {limits.max_connections} "
    ) in re.sub(r"\s+", " ", guide)


def test_pods_have_the_processes_that_the_plan_reckons_with() -> None:
    """The manifests set none of these, so that the defaults hold."""
    names = ("WEB_CONCURRENCY", "GUNICORN_THREADS", "WORKER_CONCURRENCY")
    manifests = [*(CHECKOUT / "k8s").rglob("*.yaml")]

    assert manifests
    for path in manifests:
        assert not any(name in path.read_text() for name in names), path
    assert FIGURES["web_pod"]["processes"] == limits_read().web_processes
    assert FIGURES["worker_pod"]["processes"] == limits_read().worker_processes


def test_what_was_measured_is_within_what_is_granted() -> None:
    limits = limits_read()

    for kind, connections, memory in (
        ("web", limits.web_connections, limits.web_memory_mb),
        ("worker", limits.worker_connections, limits.worker_memory_mb),
        ("beat", limits.beat_connections, limits.beat_memory_mb),
    ):
        pod = FIGURES[f"{kind}_pod"]
        assert pod["database_connections"] <= connections
        assert pod["pod_mb"] < 0.7 * memory


def test_sums_of_the_plan() -> None:
    assert plan.peak_per_second(18_000) == pytest.approx(1)
    visit = plan.visit_cost(FIGURES)
    assert visit.web == pytest.approx(
        plan.page_views(FIGURES).web + plan.personal_requests(FIGURES).web
    )
    assert plan.carried(FIGURES, 1) == pytest.approx(18_000 / visit.web)
    assert plan.visit_cost(FIGURES, edge=1) == plan.personal_requests(FIGURES)


def test_benchmark_names_the_program_that_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=CHECKOUT,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr == "wrk is missing: install it (Debian: apt install wrk).\n"
