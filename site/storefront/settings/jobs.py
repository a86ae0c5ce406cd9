"""Background work: Celery on Redis. See ``docs/algorithms/queueing.md``."""

from kombu import Queue

from storefront.settings.env import whole

JOB_QUEUES = {"critical": 60, "default": 120, "media": 300, "bulk": 600}
"""Every queue, the most urgent first, and how long one of its tasks may take, in seconds."""

JOB_ROUTES = {
    "checkout.basket.tasks.baskets_clean": "bulk",
    "checkout.customer.tasks.alerts_clean": "bulk",
    "checkout.*": "critical",  # mails about orders and accounts
    "cms_pages.tasks.form_answer_mail": "critical",
    "foundation.core.tasks.sent_mails_forget": "bulk",
    "foundation.media.*": "media",
    "modelsearch.*": "bulk",
    "catalogue.search.tasks.index_*": "bulk",
    "cms_pages.tasks.references_repair": "bulk",
    "storefront.tasks.sessions_clean": "bulk",
    "wagtail.tasks.update_reference_index_task": "bulk",
    "wagtail.*": "default",
}
"""Name of a task, or a pattern of names → its queue; the first that fits; else "default"."""

CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest limit, else a message is handed out twice (harmless: the
    # entry's lease decides, but it would be for nothing).
    "visibility_timeout": 2 * max(JOB_QUEUES.values()),
    "unacked_restore_throttle": 1,
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever

CELERY_WORKER_CONCURRENCY = whole("WORKER_CONCURRENCY", default=2, least=1)
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_QUEUES = [Queue(name) for name in JOB_QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {name: {"queue": queue} for name, queue in JOB_ROUTES.items()}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True

CELERY_WORKER_CONSUMER = "foundation.core.worker.PersistentConsumer"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# After a reconnect Celery would count running tasks against the prefetch of 1, and wait
# for all of them. Nor are they cancelled: their entries' leases keep them whole.
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# SIGTERM lets tasks end; SIGQUIT gives them this long. What is killed runs again when
# its lease has run out.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB; then the process is replaced
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

CELERY_BEAT_SCHEDULER = "foundation.core.beat.DatabaseScheduler"

TASKS = {"default": {"BACKEND": "foundation.core.task_backend.OutboxBackend"}}
