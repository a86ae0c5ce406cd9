from django.dispatch import Signal

task_finished = Signal()
"""A worker ended a run of a task: ``task`` and ``queue`` (names), ``outcome`` ("succeeded", "retried", "failed" for
good, or "lost": the worker died), ``seconds`` (float; 0 if lost), ``attempts`` (int, this one included)."""

mail_sent = Signal()
"""A mail server was asked to take a mail: ``kind`` (what the mail is, from a closed set), ``outcome`` ("sent", counted
after the commit; "refused" for good; "failed" for now)."""
