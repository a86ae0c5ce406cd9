from functools import partial

from celery.worker.consumer import Consumer


class PersistentConsumer(Consumer):
    """Looks for a broker that is away every two seconds at least.

    Celery 5.7 has a setting for how often it tries, but none for the pauses, which grow
    to half a minute.
    """

    def ensure_connected(self, conn):
        conn.ensure_connection = partial(
            conn.ensure_connection,
            interval_start=0.5,
            interval_step=0.5,
            interval_max=2,
        )
        return super().ensure_connected(conn)
