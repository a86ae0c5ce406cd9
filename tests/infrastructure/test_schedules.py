"""The page about schedules says what the table says."""

import re
from datetime import timedelta
from pathlib import Path

from celery import current_app
from celery.schedules import crontab

from storefront.schedules import SCHEDULES

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/schedules.md"


def in_words(schedule: timedelta | crontab) -> str:
    if isinstance(schedule, timedelta):
        seconds = int(schedule.total_seconds())
        return f"every {seconds} s"
    return (
        f"`{schedule._orig_minute} {schedule._orig_hour} {schedule._orig_day_of_month}"
        f" {schedule._orig_month_of_year} {schedule._orig_day_of_week}`"
    )


def test_page_about_schedules_lists_each_with_its_interval():
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+?) \|", PAGE.read_text(), re.MULTILINE)

    assert dict(rows) == {
        name: in_words(entry["schedule"]) for name, entry in SCHEDULES.items()
    }


def test_each_schedule_names_a_task_that_exists():
    tasks = {entry["task"] for entry in SCHEDULES.values()}

    assert tasks - set(current_app.tasks) == set()
