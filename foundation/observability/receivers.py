from celery import signals

from foundation.observability.exposition import server_forget, server_start


@signals.setup_logging.connect
def keep_logging(**kwargs):
    """Celery would give its loggers handlers of its own; ``LOGGING`` has them all."""


@signals.worker_init.connect
@signals.beat_init.connect
def serve_metrics(**kwargs):
    server_start()


@signals.worker_process_init.connect
def forget_metrics_server(**kwargs):
    server_forget()
