"""Everything that runs by the clock, in one table (Celery beat)."""

from datetime import timedelta

SCHEDULES = {
    "outbox-sweep": {
        "task": "foundation.core.tasks.outbox_sweep",
        "schedule": timedelta(seconds=10),
    },
    "scheduled-pages": {
        "task": "cms_pages.tasks.scheduled_run",
        "schedule": timedelta(seconds=5),
    },
}
