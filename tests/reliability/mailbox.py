"""A mail server that counts what it accepts, and that can refuse, hang or be gone."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Mail:
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    body: str


class Mailbox:
    """``mails`` is all that was accepted, raw; ``unique`` what a mailbox shows, one a Message-ID.

    ``mode`` is "accept", "refuse" or "hang"; ``delay`` seconds pass before a mail is accepted.
    """

    def __init__(self, port: int):
        self.port = port
        self.mode = "accept"
        self.delay = 0.0
        self.mails: list[Mail] = []
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    def start(self) -> None:
        self.mode = "accept"
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=30
        )
        self._controller.start()

    def stop(self) -> None:
        """Nobody listens any more."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    @property
    def unique(self) -> list[Mail]:
        with self._lock:
            return list({mail.message_id: mail for mail in self.mails}.values())

    @property
    def doubles(self) -> int:
        """Mails that came twice under the same Message-ID."""
        return len(self.mails) - len(self.unique)

    def by_recipient(self) -> Counter[str]:
        return Counter(to for mail in self.unique for to in mail.recipients)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.mode == "refuse":
            return "451 Try again later"
        if self.mode == "hang":
            while self.mode == "hang":
                await asyncio.sleep(0.05)
            return "421 Closing"
        await asyncio.sleep(self.delay)
        message = message_from_bytes(envelope.content, policy=default)
        body = message.get_body(("plain",))
        mail = Mail(
            message_id=str(message["Message-ID"]).strip(),
            recipients=tuple(envelope.rcpt_tos),
            subject=str(message["Subject"]),
            body=body.get_content() if body else "",
        )
        with self._lock:
            self.mails.append(mail)
        return "250 Accepted"
