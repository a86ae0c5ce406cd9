import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection

from foundation.core.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> SessionStore:
    session = SessionStore()
    session["step"] = 1
    session.save()
    return session


def test_database_that_is_away_is_not_taken_for_a_session_that_is_gone(session):
    def refuse(execute, sql, params, many, context):
        if sql.startswith("UPDATE"):
            raise OperationalError("the connection is lost")
        return execute(sql, params, many, context)

    session["step"] = 2

    with connection.execute_wrapper(refuse), pytest.raises(OperationalError):
        session.save()
    assert SessionStore(session.session_key)["step"] == 1


def test_session_that_is_gone_is_said_to_be(session):
    SessionStore(session.session_key).delete()

    with pytest.raises(UpdateError):
        session.save()
