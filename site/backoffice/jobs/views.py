"""Jobs that were given up, for people to try again or to discard; and what waits and runs."""

from __future__ import annotations

import django_filters
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    ButtonsColumnMixin,
    Column,
    DateColumn,
    TitleColumn,
)
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy

from backoffice.jobs.bulk_actions import DiscardJobsAction, RetryJobsAction
from backoffice.jobs.words import QUEUES, job_title
from foundation.core.models import OutboxEntry
from foundation.core.queueing import queue_states

KIND = "OUTBOXENTRY"


class JobFilterSet(WagtailFilterSet):
    queue = django_filters.ChoiceFilter(
        label=_("Urgency"), choices=list(QUEUES.items())
    )
    failed_at = django_filters.DateFromToRangeFilter(
        label=_("Given up"), widget=DateRangePickerWidget
    )

    class Meta:
        model = OutboxEntry
        fields = ["queue", "failed_at"]


class JobColumn(ButtonsColumnMixin, TitleColumn):
    """What the job does, and what the person may do with it."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def get_buttons(self, instance, parent_context):
        query = urlencode({"id": instance.pk, "next": reverse("failed_jobs")})
        return [
            Button(
                action.display_name,
                url=f"{_bulk_url(action)}?{query}",
                classname="button button-small button-secondary",
                priority=action.action_priority,
            )
            for action in (RetryJobsAction, DiscardJobsAction)
            if self.user.has_perm(action.permission)
        ]


class FailedJobsView(IndexView):
    model = OutboxEntry
    permission_policy = ModelPermissionPolicy(OutboxEntry)
    any_permission_required = ["view"]
    page_title = _("Failed jobs")
    header_icon = "warning"
    index_url_name = "failed_jobs"
    index_results_url_name = "failed_jobs_results"
    template_name = "backoffice/jobs/index.html"
    results_template_name = "backoffice/jobs/results.html"
    filterset_class = JobFilterSet
    default_ordering = "-failed_at"
    is_searchable = False
    paginate_by = 50

    def get_base_queryset(self):
        return OutboxEntry.objects.failed()

    @property
    def columns(self):
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type=KIND),
            JobColumn(
                "task",
                user=self.request.user,
                label=_("Job"),
                accessor=job_title,
                classname="job-title",
                get_title_id=lambda entry: f"{KIND}_{entry.pk}_title",
            ),
            Column("last_error", label=_("Error"), classname="job-error"),
            Column("attempts", label=_("Attempts"), sort_key="attempts"),
            DateColumn("failed_at", label=_("Given up"), sort_key="failed_at"),
            Column("request_id", label=_("Request"), classname="job-request"),
        ]

    def get_context_data(self, **kwargs):
        states = [(QUEUES[state.queue], state) for state in queue_states()]
        return super().get_context_data(queues=states, **kwargs)


def _bulk_url(action: type) -> str:
    options = OutboxEntry._meta
    return reverse(
        "wagtail_bulk_action",
        args=(options.app_label, options.model_name, action.action_type),
    )
