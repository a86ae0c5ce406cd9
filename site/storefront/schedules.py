"""Everything that runs by the clock, in one table (Celery beat)."""

from datetime import timedelta

from celery.schedules import crontab

SCHEDULES: dict[str, dict] = {
    "scheduled-pages": {
        "task": "cms_pages.tasks.scheduled_run",
        "schedule": timedelta(seconds=5),
    },
    "sessions-clean": {
        "task": "storefront.tasks.sessions_clean",
        "schedule": crontab(hour="3", minute="10"),
    },
    "baskets-clean": {
        "task": "checkout.basket.tasks.baskets_clean",
        "schedule": crontab(hour="3", minute="20"),
    },
    "sent-mails-forget": {
        "task": "foundation.core.tasks.sent_mails_forget",
        "schedule": crontab(hour="3", minute="40"),
    },
    "search-index-complete": {
        "task": "catalogue.search.tasks.index_complete",
        "schedule": crontab(minute="40"),
    },
    "search-index-repair": {
        "task": "catalogue.search.tasks.index_repair",
        "schedule": crontab(hour="2", minute="10"),
    },
    "references-repair": {
        "task": "cms_pages.tasks.references_repair",
        "schedule": crontab(hour="2", minute="30"),
    },
    "stock-alerts-send": {
        "task": "checkout.customer.tasks.alerts_send",
        "schedule": timedelta(seconds=15),
    },
    "stock-alerts-clean": {
        "task": "checkout.customer.tasks.alerts_clean",
        "schedule": crontab(hour="3", minute="30"),
    },
    "boundaries-note": {
        "task": "catalogue.tasks.boundaries_note",
        "schedule": timedelta(seconds=60),
    },
}
