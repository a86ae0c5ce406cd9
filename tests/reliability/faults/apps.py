from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings


class FaultsConfig(AppConfig):
    """Tasks that misbehave, and a shorter lease for tests that have no half minute to wait."""

    name = "tests.reliability.faults"
    label = "faults"

    def ready(self):
        from foundation.core import execution
        from foundation.core.models import OutboxEntry

        if seconds := settings.FAULTS_LEASE_SECONDS:
            OutboxEntry.LEASE = timedelta(seconds=seconds)
            execution.RENEW_SECONDS = seconds / 3
