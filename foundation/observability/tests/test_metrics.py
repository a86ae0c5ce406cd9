import pytest
from prometheus_client import REGISTRY

from foundation.core.queueing import enqueue_on_commit, outbox_run
from foundation.core.signals import mail_sent, task_finished
from foundation.observability import metrics

TASK = "foundation.media.tasks.renditions_make"


def runs(task: str, outcome: str) -> float:
    labels = {"task": task, "outcome": outcome}
    return REGISTRY.get_sample_value("storefront_task_runs_total", labels) or 0


def timed(task: str) -> float:
    name = "storefront_task_seconds_count"
    return REGISTRY.get_sample_value(name, {"task": task}) or 0


def finish(task: str, outcome: str) -> None:
    task_finished.send(
        None, task=task, queue="media", outcome=outcome, seconds=2.0, attempts=1
    )


@pytest.mark.django_db
def test_run_of_a_task_is_counted_and_timed():
    before = runs(TASK, "succeeded"), timed(TASK)

    outbox_run(enqueue_on_commit(TASK, image_id=0).pk)

    assert (runs(TASK, "succeeded"), timed(TASK)) == (before[0] + 1, before[1] + 1)


@pytest.mark.django_db
def test_retry_of_a_task_is_counted(monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("foundation.media.tasks.LibraryImage.objects.filter", fail)
    before = runs(TASK, "retried"), runs(TASK, "succeeded")

    outbox_run(enqueue_on_commit(TASK, image_id=0).pk)

    assert (runs(TASK, "retried"), runs(TASK, "succeeded")) == (
        before[0] + 1,
        before[1],
    )


def test_task_of_a_lost_worker_is_counted_and_not_timed():
    before = runs(TASK, "lost"), timed(TASK)

    finish(TASK, "lost")

    assert (runs(TASK, "lost"), timed(TASK)) == (before[0] + 1, before[1])


@pytest.mark.parametrize(
    ("outcome", "level"),
    [("succeeded", "DEBUG"), ("retried", "INFO"), ("failed", "INFO"), ("lost", "INFO")],
)
def test_job_that_went_well_is_logged_for_debugging_only(caplog, outcome, level):
    caplog.set_level("DEBUG", "foundation.observability.receivers")

    finish(TASK, outcome)

    (line,) = caplog.records
    assert (line.levelname, line.getMessage()) == (level, f"{TASK} {outcome}")


def test_names_of_tasks_that_nobody_knows_are_one():
    for number in range(20):
        finish(f"of.another.release_{number}", "failed")

    assert runs("<unknown task>", "failed") >= 20
    assert runs("of.another.release_1", "failed") == 0


def test_tasks_begin_at_zero_so_that_the_first_failure_is_an_increase():
    metrics.tasks_announce()

    labels = {"task": "checkout.order.tasks.order_mail_send", "outcome": "failed"}
    assert REGISTRY.get_sample_value("storefront_task_runs_total", labels) is not None


def test_mail_is_counted_by_kind_and_outcome():
    labels = {"kind": "tried", "outcome": "refused"}

    mail_sent.send(None, kind="tried", outcome="refused")

    assert REGISTRY.get_sample_value("storefront_mails_total", labels) == 1
