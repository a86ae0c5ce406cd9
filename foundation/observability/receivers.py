import logging

from celery import signals
from celery.utils.log import get_multiprocessing_logger
from django.dispatch import receiver

from foundation.core.signals import mail_sent, task_finished
from foundation.observability import (
    collectors,  # noqa: F401  # registers its gauges
    metrics,
)
from foundation.observability.exposition import server_forget, server_start

logger = logging.getLogger(__name__)


@signals.setup_logging.connect
def keep_logging(**kwargs):
    """Celery would give its loggers handlers of its own; ``LOGGING`` has them all."""
    logging.captureWarnings(True)
    get_multiprocessing_logger().propagate = True  # the pool's: a child was killed


@signals.worker_init.connect
@signals.beat_init.connect
def serve_metrics(**kwargs):
    metrics.tasks_announce()
    server_start()


@signals.worker_process_init.connect
def forget_metrics_server(**kwargs):
    server_forget()


@receiver(task_finished)
def count_task(task, outcome, seconds, **kwargs):
    metrics.task_count(task=task, outcome=outcome, seconds=seconds)


@receiver(task_finished)
def log_task(task, queue, outcome, seconds, attempts, **kwargs):
    about = {"task": task, "queue": queue, "outcome": outcome, "attempts": attempts}
    about["duration"] = round(seconds, 4)
    # Schedules and edits would bury everything else in lines about what went well.
    level = logging.DEBUG if outcome == "succeeded" else logging.INFO
    logger.log(level, "%s %s", task, outcome, extra=about)


@receiver(mail_sent)
def count_mail(kind, outcome, **kwargs):
    metrics.MAILS.labels(kind, outcome).inc()
