from datetime import timedelta

from django.contrib.sessions.models import Session

from foundation.core import clock
from storefront import sessions


def test_expired_sessions_are_deleted_in_batches_and_others_stay(db, monkeypatch):
    monkeypatch.setattr(sessions, "BATCH", 2)
    past, future = (clock.now() + timedelta(days=days) for days in (-1, 1))
    for number in range(5):
        Session.objects.create(session_key=f"old{number}", expire_date=past)
    Session.objects.create(session_key="new", expire_date=future)

    assert sessions.sessions_clean() == 5
    assert [each.pk for each in Session.objects.all()] == ["new"]
