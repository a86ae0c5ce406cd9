"""The page of failed jobs: what staff see, try again and discard."""

import pytest
from django.contrib.auth.models import Group
from django.db.models.functions import Now
from django.urls import reverse
from wagtail.models import ModelLogEntry

from backoffice import roles
from backoffice.jobs.bulk_actions import DiscardJobsAction, RetryJobsAction
from backoffice.jobs.views import _bulk_url
from backoffice.jobs.words import TASKS
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry

pytestmark = pytest.mark.django_db
STATEMENTS = 20  # session, user, permissions 6 · queues 3 · list 2 · Wagtail's shell


def staff(client, role):
    user = User.objects.create_user(f"{role}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


@pytest.fixture
def failed():
    def make(order_id=5, **values):
        return OutboxEntry.objects.create(
            queue="critical",
            task="checkout.order.tasks.order_mail_send",
            kwargs={"order_id": order_id, "kind": "placed", "to": "ada@example.com"},
            failed_at=Now(),
            attempts=12,
            last_error="The mail server refuses the recipient (code 550).",
            request_id="a1b2c3d4e5f6",
            **values,
        )

    return make


def choose(client, action, *entries):
    query = {"id": [entry.pk for entry in entries], "next": reverse("failed_jobs")}
    return client.post(_bulk_url(action), query_params=query)


def test_failed_job_is_told_in_words_without_personal_data(client, failed):
    staff(client, roles.SUPPORT)
    failed()

    page = client.get(reverse("failed_jobs")).content.decode()

    assert "Mail about an order" in page
    assert "order 5" in page
    assert "The mail server refuses the recipient (code 550)." in page
    assert "a1b2c3d4e5f6" in page
    assert "ada@example.com" not in page


def test_jobs_that_may_still_succeed_are_only_counted(client):
    staff(client, roles.SUPPORT)
    OutboxEntry.objects.create(task="tests.waits", queue="bulk")

    page = client.get(reverse("failed_jobs")).content.decode()

    assert "tests.waits" not in page
    assert "No job has failed." in page
    assert page.count("<td>1</td>") == 1


def test_filter_leaves_one_queue(client, failed):
    staff(client, roles.SUPPORT)
    failed()

    page = client.get(reverse("failed_jobs"), {"queue": "bulk"}).content.decode()

    assert "Mail about an order" not in page
    assert "No failed job fits this choice." in page


def test_retried_job_starts_anew_and_is_recorded(client, failed):
    user = staff(client, roles.MERCHANDISER)
    entry, other = failed(), failed(order_id=6)

    assert choose(client, RetryJobsAction, entry).status_code == 302

    entry.refresh_from_db()
    assert (entry.failed_at, entry.attempts) == (None, 0)
    assert OutboxEntry.objects.due().get() == entry
    assert OutboxEntry.objects.failed().get() == other
    record = ModelLogEntry.objects.get(action="storefront.job_retry")
    assert (record.user, record.object_id) == (user, str(entry.pk))


def test_discarded_jobs_are_gone_and_recorded(client, failed):
    staff(client, roles.SUPPORT)
    entries = [failed(order_id=number) for number in (5, 6)]

    choose(client, DiscardJobsAction, *entries)

    assert not OutboxEntry.objects.exists()
    records = ModelLogEntry.objects.filter(action="audit.delete")
    assert {each.data["before"]["subject"] for each in records} == {
        "order 5",
        "order 6",
    }


@pytest.mark.parametrize("action", [RetryJobsAction, DiscardJobsAction])
def test_nothing_happens_before_the_question_is_answered(client, failed, action):
    staff(client, roles.SUPPORT)
    entry = failed()

    page = client.get(_bulk_url(action), {"id": entry.pk}).content.decode()

    assert str(action.question) in page
    assert "Mail about an order – order 5" in page
    assert OutboxEntry.objects.failed().get() == entry


@pytest.mark.parametrize("action", [RetryJobsAction, DiscardJobsAction])
def test_marketer_can_neither_see_nor_change_jobs(client, failed, action):
    staff(client, roles.MARKETER)
    entry = failed()

    assert client.get(reverse("failed_jobs")).status_code == 302
    assert choose(client, action, entry).status_code in (302, 403)

    assert OutboxEntry.objects.failed().get() == entry
    assert not ModelLogEntry.objects.filter(action="storefront.job_retry").exists()


@pytest.mark.parametrize("action", [RetryJobsAction, DiscardJobsAction])
def test_job_that_is_not_failed_any_more_stays_as_it_is(client, failed, action):
    staff(client, roles.SUPPORT)
    entry = failed()
    OutboxEntry.objects.update(failed_at=None, attempts=3)

    choose(client, action, entry)

    entry.refresh_from_db()
    assert entry.attempts == 3


def test_page_takes_as_many_statements_for_many_jobs(
    client, failed, django_assert_max_num_queries
):
    staff(client, roles.SUPPORT)
    for number in range(30):
        failed(order_id=number)

    with django_assert_max_num_queries(STATEMENTS):
        client.get(reverse("failed_jobs"))


def test_every_task_of_the_shop_has_words():
    from celery import current_app

    from foundation.core import broker, task_backend

    shop = {
        name
        for name in current_app.tasks
        if not name.startswith(("celery.", "tests."))
        and name not in (broker.RUN_TASK, task_backend.RUN_TASK)
    }
    assert shop <= set(TASKS)
