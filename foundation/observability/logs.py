"""How a log line looks: JSON in production, for people elsewhere; scrubbed in both.

A line holds the fields below and no others, so that nothing gets in by accident
(``docs/reference/logs.md``).
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from foundation.core import tracing
from foundation.observability.scrubbing import scrub, scrub_stack

MESSAGE_LENGTH = 2_000
STACK_LENGTH = 8_000
FIELDS = (
    *("view", "method", "status", "duration"),  # of a request
    *("task", "outbox", "queue", "outcome", "attempts"),  # of a job
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class LineFormatter(logging.Formatter):
    """For people: ``12:34:56 INFO logger: message``, a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone()
        request_id = tracing.current_request_id()
        line = f"{time:%H:%M:%S} {record.levelname:7} {record.name}: {message(record)}"
        if request_id:
            line += f" [{request_id[:8]}]"
        told = stack(record)
        return f"{line}\n{told}" if told else line


class JsonFormatter(logging.Formatter):
    """For machines: one JSON object on one line, whatever the message holds."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "request_id": tracing.current_request_id(),
            **tracing.current_task(),
            **{
                name: _plain(getattr(record, name))
                for name in FIELDS
                if hasattr(record, name)
            },
        }
        if told := stack(record):
            line["exception"] = told
        return json.dumps({name: value for name, value in line.items() if value != ""})


def message(record: logging.LogRecord) -> str:
    """Scrubbed, on one line, at most ``MESSAGE_LENGTH`` characters and how many are missing."""
    try:
        text = record.getMessage()
    except Exception as error:  # arguments that don't fit: the line matters more
        text = f"{record.msg} ({type(error).__name__} in its arguments)"
    text = CONTROL.sub(_escaped, scrub(text, _request_of(record)))
    return _cut(text, MESSAGE_LENGTH)


def stack(record: logging.LogRecord) -> str:
    """The traceback, scrubbed; where it is too long its beginning goes. Empty without one."""
    if record.exc_info and record.exc_info[0]:
        text = logging.Formatter().formatException(record.exc_info)
    elif record.stack_info:
        text = record.stack_info
    else:
        return ""
    text = scrub_stack(text, _request_of(record))
    text = "\n".join(CONTROL.sub(_escaped, line) for line in text.split("\n"))
    return text if len(text) <= STACK_LENGTH else f"… {text[-STACK_LENGTH:]}"


def _request_of(record: logging.LogRecord) -> HttpRequest | None:
    request = getattr(record, "request", None)
    return request if isinstance(request, HttpRequest) else None


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    return _cut(CONTROL.sub(_escaped, scrub(str(value))), 200)


def _cut(text: str, length: int) -> str:
    over = len(text) - length
    return f"{text[:length]} … ({over} more)" if over > 0 else text


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()
