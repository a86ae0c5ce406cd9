"""Jobs in the words of the people who run the shop."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OutboxEntry
from foundation.core.task_backend import RUN_TASK

TASKS: dict[str, Promise] = {
    "catalogue.search.tasks.index_complete": _("Complete the search index"),
    "catalogue.search.tasks.index_repair": _("Repair the search index"),
    "catalogue.tasks.boundaries_note": _("Note what began and ended as planned"),
    "checkout.basket.tasks.baskets_clean": _("Clean up baskets"),
    "checkout.communication.tasks.preview_mail_send": _("Preview of a mail text"),
    "checkout.customer.tasks.account_mail_send": _("Mail about an account"),
    "checkout.customer.tasks.alert_mail_send": _("Mail about a product in stock"),
    "checkout.customer.tasks.alerts_clean": _("Clean up stock notifications"),
    "checkout.customer.tasks.alerts_send": _("Look for products back in stock"),
    "checkout.order.tasks.order_mail_send": _("Mail about an order"),
    "cms_pages.tasks.form_answer_mail": _("Mail of a filled-in form"),
    "cms_pages.tasks.references_repair": _("Repair the index of uses"),
    "cms_pages.tasks.scheduled_item_run": _("Publish or expire a page"),
    "cms_pages.tasks.scheduled_run": _("Publish and expire pages on time"),
    "foundation.core.tasks.sent_mails_forget": _("Clean up the memory of mails"),
    "foundation.media.tasks.renditions_make": _("Make the sizes of a picture"),
    "modelsearch.tasks.insert_or_update_object_task": _("Update the search index"),
    "storefront.tasks.sessions_clean": _("Clean up sessions"),
    "wagtail.images.tasks.set_image_focal_point_task": _("Find a picture's focus"),
    "wagtail.tasks.delete_file_from_storage_task": _("Delete a file"),
    "wagtail.tasks.update_reference_index_task": _("Update the index of uses"),
}
"""Name of a task, of Celery's or Django's → what it does."""

QUEUES: dict[str, Promise] = {
    "critical": _("Urgent"),
    "default": _("Normal"),
    "media": _("Pictures"),
    "bulk": _("In the background"),
}


def job_task(entry: OutboxEntry) -> str:
    """The task's own name; of Django's tasks, which share one Celery task, their path."""
    return entry.kwargs.get("path", "") if entry.task == RUN_TASK else entry.task


def job_label(entry: OutboxEntry) -> str:
    """What the job does; a task that nobody named is called by its name."""
    name = job_task(entry)
    return str(TASKS.get(name, name))


def job_title(entry: OutboxEntry) -> str:
    """What the job does, and to what."""
    return " – ".join(filter(None, [job_label(entry), job_subject(entry)]))


def job_subject(entry: OutboxEntry) -> str:
    """What the job is about: ids only, whatever else its arguments hold."""
    if entry.task == RUN_TASK:
        return " ".join(str(each) for each in _plain(entry.kwargs.get("args", [])))
    return ", ".join(
        f"{name.removesuffix('_id')} {value}"
        for name, value in entry.kwargs.items()
        if type(value) is int and name.endswith("_id")
    )


def _plain(values: list[Any]) -> list[Any]:
    """Without lists and addresses of any kind, such as a storage and its options."""
    return [
        each for each in values if isinstance(each, str | int) and "@" not in str(each)
    ]
