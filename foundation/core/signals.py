from django.dispatch import Signal

task_finished = Signal()
"""A worker ended a run of a task: ``task`` and ``queue`` (names), ``outcome`` ("succeeded", "retried", "failed" for
good, or "lost": the worker died), ``seconds`` (float; 0 if lost), ``attempts`` (int, this one included)."""
