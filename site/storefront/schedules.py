"""Everything that runs by the clock, in one table (Celery beat)."""

SCHEDULES: dict[str, dict] = {}
