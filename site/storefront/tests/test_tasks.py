"""Every task of the shop may run twice: what it does is there once."""

import pytest
from celery import current_app
from django.apps import apps
from django.core import mail
from django.db import connection
from oscar.core.loading import get_model
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import Site

from catalogue.factories import LibraryImageFactory, ProductFactory
from checkout.conftest import Browser
from cms_pages.models import FormPage
from foundation.accounts.models import User
from foundation.core import broker, task_backend
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_drain, queue_of

pytestmark = pytest.mark.django_db


def order_mail():
    order = Browser().order(ProductFactory(stockrecords__num_in_stock=10))
    return {"order_id": order.pk, "kind": "placed"}


def shipment_mail():
    return order_mail() | {"kind": "shipped", "reference": 1}


def account_mail():
    return {"kind": "register", "to": "ada@example.com", "message_id": "account.1"}


def preview_mail():
    user = User.objects.create_user("ada@example.com")
    messages = {"subject": "Hello", "body": "Hello", "html": "<p>Hello</p>"}
    return {"user_id": user.pk, "messages": messages, "message_id": "preview.1"}


def alert_mail():
    alerts = get_model("customer", "ProductAlert").objects
    alert = alerts.create(
        product=ProductFactory(stockrecords__num_in_stock=0),
        email="ada@example.com",
        status="Unconfirmed",
    )
    return {"alert_id": alert.pk, "kind": "confirm"}


def form_mail():
    home = Site.objects.get(is_default_site=True).root_page
    page = home.add_child(
        instance=FormPage(title="Ask", slug="ask", to_address="shop@example.com")
    )
    return {"answer_id": FormSubmission.objects.create(page=page, form_data={}).pk}


def renditions():
    return {"image_id": LibraryImageFactory().pk}


def search_index():
    return {
        "path": "modelsearch.tasks.insert_or_update_object_task",
        "args": ["catalogue", "product", str(ProductFactory().pk)],
        "kwargs": {},
        "result_id": "1",
    }


WITH_IDS = [
    ("checkout.order.tasks.order_mail_send", order_mail, 1),
    ("checkout.order.tasks.order_mail_send", shipment_mail, 1),
    ("checkout.customer.tasks.account_mail_send", account_mail, 1),
    ("checkout.communication.tasks.preview_mail_send", preview_mail, 1),
    ("checkout.customer.tasks.alert_mail_send", alert_mail, 1),
    ("cms_pages.tasks.form_answer_mail", form_mail, 1),
    ("foundation.media.tasks.renditions_make", renditions, 0),
    (task_backend.RUN_TASK, search_index, 0),
]
"""Task, what makes something to work on, mails that it sends."""
ELSEWHERE = {
    "cms_pages.tasks.scheduled_item_run": "cms_pages/tests/test_scheduling.py",
    broker.RUN_TASK: "answers a wake-up, runs the others",
}


def run_and_count(task: str, kwargs: dict) -> dict[str, int]:
    """How many mails there are, and rows of each model, after one more run."""
    OutboxEntry.objects.create(task=task, kwargs=kwargs, queue=queue_of(task))
    assert outbox_drain() >= 1
    assert not OutboxEntry.objects.exists(), OutboxEntry.objects.get().last_error
    tables = set(connection.introspection.table_names())
    rows = {
        each._meta.label: each._base_manager.count()
        for each in apps.get_models()
        if each._meta.db_table in tables
    }
    return rows | {"mails": len(mail.outbox)}


@pytest.mark.parametrize(("task", "make", "mails"), WITH_IDS)
def test_second_run_of_a_task_changes_nothing(task, make, mails):
    kwargs = make()
    OutboxEntry.objects.all().delete()

    first = run_and_count(task, kwargs)
    second = run_and_count(task, kwargs)

    assert first["mails"] == mails
    assert second == first


def clock_tasks() -> list[str]:
    return sorted({each["task"] for each in current_app.conf.beat_schedule.values()})


@pytest.mark.parametrize("task", clock_tasks())
def test_second_run_by_the_clock_changes_nothing(task):
    assert run_and_count(task, {}) == run_and_count(task, {})


def test_no_task_is_left_out():
    ours = {
        name for name in current_app.tasks if not name.startswith(("celery.", "tests."))
    }

    assert ours == {name for name, *_ in WITH_IDS} | {*clock_tasks(), *ELSEWHERE}
