"""PostgreSQL as Django has it, with an end to all waiting, counted by django-prometheus.

psycopg (3.3) waits for ever on a server that has stopped answering: the limits on
statements are the server's own, and TCP time-outs see a frozen process or a lost disk as
well. ``OPTIONS["answer_timeout"]`` (seconds) is the client's limit; it must be above the
server's ``statement_timeout``, which ends what is merely slow. Without it a
statement may take as long as it likes.

A server that could not be reached or did not answer is left alone for ``PAUSE`` seconds, so that in an outage
each process waits in one thread only and all other requests are answered at once.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import psycopg
from django_prometheus.db.backends.postgresql import base
from psycopg import errors

from foundation.core.breaker import CircuitBreaker

PAUSE = 0.5
HEALTH_TIMEOUT = 2.0  # a kept connection is asked before its first use in a request


class Connection(psycopg.Connection):
    """Closed when the server has not answered within ``answer_timeout`` seconds."""

    answer_timeout: float | None = None
    breaker: CircuitBreaker

    def wait(
        self, gen: Any, interval: float = 0.1, timeout: float | None = None
    ) -> Any:
        if timeout is not None or self.answer_timeout is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_timeout)
        except errors._WaitTimeout as error:
            self.pgconn.finish()  # what the server still answers belongs to nobody
            self.breaker.failed()
            raise psycopg.OperationalError(
                f"PostgreSQL did not answer within {self.answer_timeout} s"
            ) from error
        except errors.IdleInTransactionSessionTimeout as error:
            # The server has closed the connection; psycopg files it under InternalError.
            raise psycopg.OperationalError(str(error)) from error


@cache
def breaker_of(host: str, port: str) -> CircuitBreaker:
    return CircuitBreaker(PAUSE)


class DatabaseWrapper(base.DatabaseWrapper):
    Database = SimpleNamespace(**vars(psycopg) | {"connect": Connection.connect})

    def get_connection_params(self):
        params = super().get_connection_params()
        params.pop("answer_timeout", None)
        return params

    def get_new_connection(self, conn_params):
        """Raises: psycopg.OperationalError, at once while the server is left alone."""
        breaker = breaker_of(str(conn_params.get("host")), str(conn_params.get("port")))
        if not breaker.allows():
            raise psycopg.OperationalError("PostgreSQL could not be reached just now")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            breaker.failed()
            raise
        breaker.succeeded()
        connection.breaker = breaker
        connection.answer_timeout = self.settings_dict["OPTIONS"].get("answer_timeout")
        return connection

    def is_usable(self):
        if self.connection is None:
            return False
        self.connection.answer_timeout, usual = (
            HEALTH_TIMEOUT,
            self.connection.answer_timeout,
        )
        try:
            return super().is_usable()
        finally:
            self.connection.answer_timeout = usual
