"""Sessions in PostgreSQL that tell a database that is away from a session that is gone."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key):
        """Django (5.2) looks any text up; a cookie can hold U+0000, where PostgreSQL fails."""
        return super()._validate_session_key(key) and key.isalnum()  # type: ignore[misc]

    def save(self, must_create=False):
        """Raises ``OperationalError`` where the database is away.

        Django (5.2) takes every error of an update for a session that was deleted in
        the meantime, and answers 400 instead of what says that all is well in a moment.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
