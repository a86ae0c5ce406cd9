import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import connection, transaction
from wagtail.models import Page, PageLogEntry, Workflow
from wagtail.signals import page_published

from cms_pages.factories import standard_page
from cms_pages.scheduling import ITEM_TASK, scheduled_item_run, scheduled_run
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run
from storefront.schedules import SCHEDULES


def ago(minutes: int):
    return clock.now() - timedelta(minutes=minutes)


def planned_page(title: str, *, go_live=None, expire=None, live=False) -> Page:
    """A page whose latest revision was scheduled when that was still in the future."""
    page = standard_page(title=title, live=live)
    page.go_live_at, page.expire_at = go_live, expire
    revision = page.save_revision()
    if go_live:
        revision.approved_go_live_at = go_live
        revision.save(update_fields=["approved_go_live_at"])
    return page


def fresh(page: Page) -> Page:
    return Page.objects.get(pk=page.pk)


@pytest.fixture
def broken():
    """Publishing a page called Broken raises."""

    def refuse(instance, **kwargs):
        if instance.title == "Broken":
            raise ValueError("No.")

    page_published.connect(refuse)
    yield
    page_published.disconnect(refuse)


def test_page_goes_live_once_its_time_has_come(home):
    due = planned_page("Due", go_live=ago(1))
    later = planned_page("Later", go_live=ago(-60))

    done, failed = scheduled_run()

    assert [item.name for item in done] == ["Due"]
    assert failed == []
    assert fresh(due).live
    assert not fresh(later).live
    entry = PageLogEntry.objects.get(page=due, action="wagtail.publish.scheduled")
    assert entry.revision_id == fresh(due).live_revision_id


def test_page_is_taken_off_once_its_time_has_passed(home):
    page = standard_page(title="Over", expire_at=ago(1))

    scheduled_run()

    assert (fresh(page).live, fresh(page).expired) == (False, True)


def test_page_whose_start_and_end_have_passed_ends_expired_in_one_run(home):
    page = planned_page("Missed", go_live=ago(120), expire=ago(60))

    scheduled_run()

    assert (fresh(page).live, fresh(page).expired) == (False, True)
    assert fresh(page).first_published_at is not None


def test_second_run_has_nothing_to_do(home):
    planned_page("Due", go_live=ago(1))
    planned_page("Missed", go_live=ago(120), expire=ago(60))
    scheduled_run()
    entries = PageLogEntry.objects.count()

    assert scheduled_run() == ([], [])
    assert PageLogEntry.objects.count() == entries


def test_planned_comeback_survives_the_expiry(home):
    page = planned_page("Season", go_live=ago(-60), live=True)
    Page.objects.filter(pk=page.pk).update(expire_at=ago(1))

    scheduled_run()

    assert fresh(page).expired
    assert page.revisions.get().approved_go_live_at == page.go_live_at


def test_one_page_that_fails_stops_no_other(home, broken):
    failing = planned_page("Broken", go_live=ago(10))
    due = planned_page("Due", go_live=ago(1))
    over = standard_page(title="Over", expire_at=ago(1))

    _done, failed = scheduled_run()

    assert [item.name for item in failed] == ["Broken"]
    assert fresh(due).live
    assert fresh(over).expired
    assert not fresh(failing).live
    assert not PageLogEntry.objects.filter(
        page=failing, action="wagtail.publish.scheduled"
    ).exists()


def test_what_failed_is_the_outboxs_until_it_succeeds_there(home, broken):
    failing = planned_page("Broken", go_live=ago(10))
    scheduled_run()

    assert scheduled_run() == ([], [])
    entry = OutboxEntry.objects.get(task=ITEM_TASK)
    assert not outbox_run(entry.pk)
    entry.refresh_from_db()
    assert "No." in entry.last_error

    page_published.receivers.clear()
    page_published.sender_receivers_cache.clear()
    OutboxEntry.objects.update(available_at=ago(1))
    assert outbox_run(entry.pk)
    assert fresh(failing).live


def test_more_failures_than_a_run_takes_block_nobody(home, broken, monkeypatch):
    monkeypatch.setattr("cms_pages.scheduling.ITEMS_AT_ONCE", 2)
    for _number in range(2):
        planned_page("Broken", go_live=ago(10))
    due = planned_page("Due", go_live=ago(1))

    scheduled_run()
    scheduled_run()

    assert fresh(due).live


def test_locked_page_goes_live_and_its_workflow_ends_as_in_wagtail(home):
    editor = User.objects.create_superuser("editor@example.com", "secret-12")
    page = planned_page("Due", go_live=ago(1))
    workflow = Workflow.objects.get()
    state = workflow.start(page, editor)
    Page.objects.filter(pk=page.pk).update(locked=True, locked_by=editor)

    scheduled_run()

    state.refresh_from_db()
    assert fresh(page).live
    assert state.status == state.STATUS_CANCELLED


def test_nothing_due_costs_two_statements(home, django_assert_num_queries):
    planned_page("Later", go_live=ago(-60))

    with django_assert_num_queries(2):  # revisions, pages
        scheduled_run()


def test_parallel_runs_publish_each_page_once(real_db):
    pages = [planned_page(f"Page {n}", go_live=ago(5)) for n in range(6)]
    start = threading.Barrier(3)

    def run():
        start.wait()
        scheduled_run()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    published = PageLogEntry.objects.filter(action="wagtail.publish.scheduled")
    for entry in OutboxEntry.objects.filter(task=ITEM_TASK):
        # Tests index at once: modelsearch's title norms (1.3) may deadlock there.
        assert outbox_run(entry.pk)
    assert all(fresh(page).live for page in pages)
    assert published.count() == 6


def test_page_locked_by_another_run_is_left_to_it(real_db):
    page = planned_page("Due", go_live=ago(1))
    revision = page.revisions.get()
    results = []

    def run():
        results.append(
            scheduled_item_run(
                action="publish", model="wagtailcore.revision", pk=str(revision.pk)
            )
        )
        connection.close()

    with transaction.atomic():
        type(revision).objects.select_for_update().get(pk=revision.pk)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    assert results == [False]


@pytest.mark.parametrize("name", ["publish_scheduled", "publish_scheduled_pages"])
def test_wagtails_command_is_the_shops(name):
    assert get_commands()[name] == "cms_pages"


def test_command_lists_what_it_did_and_fails_where_something_failed(
    home, broken, capsys
):
    planned_page("Due", go_live=ago(1))
    call_command("publish_scheduled", "--dryrun")
    assert "publish Due" in capsys.readouterr().out

    planned_page("Broken", go_live=ago(1))
    with pytest.raises(CommandError, match="Broken"):
        call_command("publish_scheduled")
    assert "publish Due" in capsys.readouterr().out


def test_pages_are_at_most_ten_seconds_late_by_the_schedule():
    schedule = SCHEDULES["scheduled-pages"]

    assert schedule["task"] == "cms_pages.tasks.scheduled_run"
    assert schedule["schedule"] <= timedelta(seconds=10)
