"""Retry and discard, for one failed job or for many; each asks before."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.bulk_action import BulkAction

from backoffice.jobs.services import jobs_discard, jobs_retry
from backoffice.jobs.words import job_title
from foundation.core.models import OutboxEntry


class JobBulkAction(BulkAction):
    models = [OutboxEntry]
    template_name = "backoffice/jobs/confirm.html"
    permission: str
    question: Promise
    explanation: Promise

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def get_queryset(cls, model, object_ids):
        """Those still failed: somebody else may have been faster."""
        return model.objects.failed().filter(pk__in=object_ids)

    def get_all_objects_in_listing_query(self, parent_id):
        return self.model.objects.failed().values_list("pk", flat=True)

    def object_context(self, obj):
        return {"item": obj, "title": job_title(obj)}

    def get_context_data(self, **kwargs):
        return super().get_context_data(action=self, **kwargs)

    def get_execution_context(self):
        return {"actor": self.request.user}


class RetryJobsAction(JobBulkAction):
    display_name = _("Try again")
    aria_label = _("Try the selected jobs again")
    action_type = "retry"
    action_priority = 10
    permission = "core.change_outboxentry"
    question = _("Try these jobs again?")
    explanation = _("They start at once, with all their attempts.")

    @classmethod
    def execute_action(cls, objects, actor=None, **kwargs):
        return jobs_retry(entries=objects, actor=actor), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        return ngettext(
            "%(count)d job is tried again.",
            "%(count)d jobs are tried again.",
            num_parent_objects,
        ) % {"count": num_parent_objects}


class DiscardJobsAction(JobBulkAction):
    display_name = _("Discard")
    aria_label = _("Discard the selected jobs")
    action_type = "discard"
    action_priority = 20
    classes = {"serious"}
    permission = "core.delete_outboxentry"
    question = _("Discard these jobs?")
    explanation = _("What they were to do is then never done: a mail is never sent.")

    @classmethod
    def execute_action(cls, objects, actor=None, **kwargs):
        return jobs_discard(entries=objects, actor=actor), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        return ngettext(
            "%(count)d job was discarded.",
            "%(count)d jobs were discarded.",
            num_parent_objects,
        ) % {"count": num_parent_objects}
