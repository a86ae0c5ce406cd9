from functools import partial

from celery.worker.consumer import Consumer
from celery.worker.state import reserved_requests


class PersistentConsumer(Consumer):
    """Outlives its broker, and looks for it every two seconds at least."""

    def ensure_connected(self, conn):
        """Celery 5.7 has a setting for how often it tries, but none for the pauses, which grow to half a minute."""
        conn.ensure_connection = partial(
            conn.ensure_connection,
            interval_start=0.5,
            interval_step=0.5,
            interval_max=2,
        )
        return super().ensure_connected(conn)

    def on_connection_error_after_connected(self, exc):
        """Have no more to do with the wake-ups that came over the lost connection.

        Celery 5.7 would hand them back, and acknowledge those of running tasks later,
        over a channel of kombu that is closed by then: an ``AttributeError`` that ends
        the worker. The tasks go on; their rows are what counts.
        """
        if self.task_consumer:
            self.task_consumer.channel.do_restore = False
        for request in tuple(reserved_requests):
            request.acknowledged = True
        super().on_connection_error_after_connected(exc)
