"""Alerts, runbooks and the dashboard of `monitoring/`, as far as no running shop is needed."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.schedules import maybe_schedule
from django.core.management import get_commands

from storefront.celery import app
from tests.infrastructure.manifests import program
from tests.monitoring import (
    MONITORING,
    asked_for,
    asked_of_the_shop,
    dashboard_queries,
    dashboard_read,
    external_metrics,
    metric_names,
    recorded_series,
    rules,
)

CHECKOUT = Path(__file__).resolve().parents[2]
RUNBOOKS = CHECKOUT / "docs/runbooks"
RUNBOOK_URL = "https://github.com/your-org/ecommerce/blob/main/docs/runbooks/"
HEADINGS = ["What a shopper notices", "How to confirm", "What to do"]
ROUNDS = 30
UNITS = {"short", "percentunit", "s", "reqps", "ops", "bytes", "Bps", "bool_yes_no"}
ALERTS = rules("alert")


def each_alert() -> pytest.MarkDecorator:
    names = [f"{alert['alert']}-{alert['labels']['severity']}" for alert in ALERTS]
    return pytest.mark.parametrize("alert", ALERTS, ids=names)


@pytest.fixture
def promtool() -> str:
    return program("promtool")


def said_by(*command: str | Path) -> str:
    """What the command prints; it ends well."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- Rules ------------------------------------------------------------------------


def test_prometheus_accepts_the_rules(promtool) -> None:
    paths = sorted(MONITORING.glob("rules/*.yaml"))

    said = said_by(promtool, "check", "rules", "--lint=all", "--lint-fatal", *paths)

    assert said.count("SUCCESS") == len(paths)


@pytest.mark.parametrize(
    "path", sorted(MONITORING.glob("tests/*.yaml")), ids=lambda path: path.stem
)
def test_rules_do_what_their_tests_say(promtool, path) -> None:
    assert "SUCCESS" in said_by(promtool, "test", "rules", path)


def test_each_alert_is_tested_firing_and_silent() -> None:
    firing, silent = set(), set()
    for path in MONITORING.glob("tests/*.yaml"):
        for group in yaml.safe_load(path.read_text())["tests"]:
            for case in group.get("alert_rule_test", []):
                expected = case["exp_alerts"]
                firing |= {
                    (case["alertname"], alert["exp_labels"]["severity"])
                    for alert in expected
                }
                if not expected:
                    silent.add(case["alertname"])

    assert firing == {(each["alert"], each["labels"]["severity"]) for each in ALERTS}
    assert silent == {each["alert"] for each in ALERTS}


@each_alert()
def test_each_alert_says_what_is_wrong_and_what_to_do(alert) -> None:
    name = re.sub(
        r"(?<!^)(?=[A-Z])", "-", alert["alert"].removeprefix("Storefront")
    ).lower()
    notes = alert["annotations"]

    assert alert["alert"].startswith("Storefront")
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert alert["for"]
    assert set(notes) == {"summary", "description", "runbook_url"}
    assert "{{" not in notes["summary"], "a summary groups alerts, so it is fixed"
    assert (
        re.findall(r"\$value(?! \| humanize| 1e9| 60\.0)", notes["description"]) == []
    )
    assert notes["runbook_url"] == f"{RUNBOOK_URL}{name}.md"
    assert (RUNBOOKS / f"{name}.md").exists()


def test_a_rate_is_forgotten_before_its_alert_fires() -> None:
    """A single event, which a window remembers, never wakes anybody. Burn rates have their own floor."""
    minutes = re.compile(r"(?:rate|increase)\(\w+\{[^}]*\}\[(\d+)m\]\)")
    judged = {
        alert["alert"]: (int(alert["for"].removesuffix("m")), max(map(int, windows)))
        for alert in ALERTS
        if (windows := minutes.findall(alert["expr"]))
    }

    assert {name: pair for name, pair in judged.items() if pair[0] < pair[1]} == {}
    assert len(judged) == 6


def test_each_schedule_is_watched_and_has_time_enough() -> None:
    expression = next(
        alert["expr"]
        for alert in ALERTS
        if alert["alert"] == "StorefrontScheduleOverdue"
    )
    limits = {}
    for names, limit in re.findall(r'schedule=~"([^"]+)"\}\) > ([\d* ]+)', expression):
        factors = [int(factor) for factor in limit.split("*")]
        seconds = factors[0] * (factors[1] if factors[1:] else 1)
        limits |= {name: timedelta(seconds=seconds) for name in names.split("|")}

    schedules = {
        name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()
    }
    assert set(limits) == set(schedules)
    for name, entry in schedules.items():
        pause = longest_pause(entry)
        assert 1.05 * pause < limits[name] < 100 * pause, name


def longest_pause(entry: Any) -> timedelta:
    """Between two runs, as the schedule itself tells."""
    schedule = copy(maybe_schedule(entry))
    at, pauses = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(ROUNDS):
        schedule.nowfun = partial(at.astimezone, UTC)
        pauses.append(schedule.remaining_estimate(at))
        at += pauses[-1]
    return max(pauses[1:])


# --- Runbooks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    sorted(path for path in RUNBOOKS.glob("*.md") if path.stem != "README"),
    ids=lambda path: path.stem,
)
def test_each_runbook_answers_three_questions(path) -> None:
    text = path.read_text()

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))


def test_runbooks_are_listed() -> None:
    listed = re.findall(r"\]\(([a-z-]+)\.md\)", (RUNBOOKS / "README.md").read_text())

    assert sorted(listed) == sorted(
        path.stem for path in RUNBOOKS.glob("*.md") if path.stem != "README"
    )


def test_runbooks_name_commands_that_exist() -> None:
    texts = "\n".join(path.read_text() for path in RUNBOOKS.glob("*.md"))
    deployments = set(re.findall(r"deploy(?:ment)?/([a-z-]+)", texts))

    commands = set(re.findall(r"manage\.py ([a-z_]+)", texts))
    assert "migrate" in commands
    assert commands - set(get_commands()) == set()
    assert deployments == {
        "ecommerce-web",
        "ecommerce-celery-worker",
        "ecommerce-celery-beat",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("runbook", "code"),
    [
        pytest.param(path.stem, code, id=path.stem)
        for path in sorted(RUNBOOKS.glob("*.md"))
        for code in re.findall(r'shell -c "\n(.+?)"$', path.read_text(), re.S | re.M)
    ],
)
def test_what_runbooks_ask_the_shop_is_answered(runbook, code, capsys) -> None:
    exec(textwrap.dedent(code), {})  # noqa: S102  # as an operator would

    assert capsys.readouterr().err == ""


# --- Dashboard --------------------------------------------------------------------


def test_panels_say_what_they_show() -> None:
    dashboard = dashboard_read()
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    titles = [panel["title"] for panel in dashboard["panels"]]

    assert dashboard["schemaVersion"] >= 39
    assert {row["title"] for row in dashboard["panels"] if row["type"] == "row"} == {
        *("Shop", "Web", "Workers", "Database", "Edge")
    }
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(titles)
    assert len(set(titles)) == len(titles)
    for panel in panels:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}", panel["title"]


def test_panels_stand_beside_each_other() -> None:
    places = [panel["gridPos"] for panel in dashboard_read()["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) == 23


def test_every_variable_of_the_dashboard_is_used_and_known() -> None:
    dashboard = dashboard_read()
    variables = {each["name"] for each in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(dashboard)))

    assert variables == used == {"datasource", "namespace", "job"}


def test_prometheus_accepts_every_query_of_the_dashboard(promtool, tmp_path) -> None:
    queries = [
        {"record": f"query:{number}", "expr": query}
        for number, query in enumerate(dashboard_queries())
    ]
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": queries}]}))

    assert f"{len(queries)} rules found" in said_by(promtool, "check", "rules", path)


def test_prometheus_accepts_the_configuration_for_this_computer(promtool) -> None:
    said = said_by(promtool, "check", "config", MONITORING / "prometheus.yml")

    assert f"{len(list(MONITORING.glob('rules/*.yaml')))} rule files found" in said


# --- Metrics ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", {"up"}),
        ('sum by (a, b) (rate(x_total{c="d{}", e=~"f\\"g|h"}[5m])) / 1e9 > 0.5', {"x_total"}),
        ("max(a) by (b) unless on (c) d{} == 1 or 2 * time() - e offset 1w", {"a", "d", "e"}),
        ("a / ignoring (b) group_left (c) d", {"a", "d"}),
        ("a and group_right * sum without (b) (c:d:e5m)", {"a", "c:d:e5m"}),
        ("label_replace(a, 'b', '$1', 'c', '(d)') # e", {"a"}),
        ("histogram_quantile(.95, a_bucket[1h:5m] @ end()) > bool Inf", {"a_bucket"}),
        ("absent(a) + count_values ('b', c)", {"a", "c"}),
    ],
)  # fmt: skip
def test_names_of_metrics_are_found(expression, names) -> None:
    assert metric_names(expression) == names


def test_every_recorded_series_and_external_metric_is_asked_for() -> None:
    assert (recorded_series() | external_metrics()) - asked_for() == set()


def test_metrics_of_the_shop_bear_its_name() -> None:
    names = asked_of_the_shop()

    assert {
        name for name in names if not name.startswith(("storefront_", "django_"))
    } == set()
