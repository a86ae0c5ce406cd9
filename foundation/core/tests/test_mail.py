"""Mails, against a mail server that says what the test wants."""

from collections.abc import Iterator
from datetime import timedelta
from socket import create_server

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from celery import shared_task
from django.core.mail import EmailMessage
from django.db.models.functions import Now

from foundation.core import mail, queueing
from foundation.core.identity import ShopIdentity
from foundation.core.models import OutboxEntry, SentMail
from foundation.core.signals import mail_sent
from foundation.core.tracing import request_id_bound


class Server(Message):
    """Keeps what it accepts, in the order of events; refuses as told."""

    def __init__(self):
        super().__init__()
        self.events: list[str] = []
        self.ids: list[str] = []
        self.senders: list[str] = []
        self.requests: list[str | None] = []
        self.answer_to_recipient = self.answer_to_data = ""
        self.job_ended = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if not self.answer_to_recipient:
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient or "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answer_to_data:
            return self.answer_to_data
        return await super().handle_DATA(server, session, envelope)

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        self.events.append("quit" if self.job_ended else "quit too early")
        return "221 Bye"

    def handle_message(self, message):
        self.ids.append(message["Message-ID"])
        self.requests.append(message["X-Request-ID"])
        self.senders.append(message["X-MailFrom"])
        self.events.append("accepted")


@shared_task(name="tests.mail")
def send() -> None:
    message = EmailMessage("Hello", "Hello", to=["ada@example.com"])
    mail.mail_send(message, kind="test", message_id="order.1.placed")


@pytest.fixture
def server(settings) -> Iterator[Server]:
    handler = Server()
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.DEFAULT_FROM_EMAIL = "Shop <shop@shop.example>"
    yield handler
    controller.stop()


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    outcomes = []

    def listen(kind, outcome, **kwargs):
        outcomes.append((kind, outcome))

    mail_sent.connect(listen)
    yield outcomes
    mail_sent.disconnect(listen)


def test_mail_has_a_stable_id_and_is_sent_once(real_db, server, told):
    for _ in range(2):
        queueing.enqueue_on_commit("tests.mail")

    assert queueing.outbox_drain() == 2

    assert server.ids == ["<order.1.placed@shop.example>"]
    assert told == [("test", "sent")]
    assert not OutboxEntry.objects.exists()


def test_mail_names_the_request_that_caused_it(real_db, server):
    with request_id_bound("a-request-1"):
        queueing.enqueue_on_commit("tests.mail")

    queueing.outbox_drain()

    assert server.requests == ["a-request-1"]


def test_server_reads_the_address_beside_a_name_of_any_length(
    real_db, server, monkeypatch
):
    shop = ShopIdentity(name="Küche, Haus & Hof " * 7, email="", address="")
    monkeypatch.setattr(mail, "shop_identity", lambda: shop)
    queueing.enqueue_on_commit("tests.mail")

    queueing.outbox_drain()

    assert server.senders == ["shop@shop.example"]


def test_job_ends_before_the_connection_is_closed(real_db, server, monkeypatch):
    accepted = mail._accepted

    def accepted_after_commit(*args):
        server.job_ended = not OutboxEntry.objects.exists()
        accepted(*args)

    monkeypatch.setattr(mail, "_accepted", accepted_after_commit)
    queueing.enqueue_on_commit("tests.mail")

    queueing.outbox_drain()

    assert server.events == ["accepted", "quit"]


@pytest.mark.parametrize(
    ("recipient", "data", "outcome", "is_failed", "words"),
    [
        ("550 <ada@example.com> unknown", "", "refused", True, "the recipient (code 550)"),
        ("450 try later", "", "failed", False, "SMTPRecipientsRefused"),
        ("", "554 spam", "refused", True, "the mail (code 554)"),
        ("", "451 busy", "failed", False, "SMTPDataError"),
    ],
)  # fmt: skip
def test_refusal_for_good_is_given_up_and_others_are_tried_again(
    real_db, server, told, recipient, data, outcome, is_failed, words
):
    server.answer_to_recipient, server.answer_to_data = recipient, data
    queueing.enqueue_on_commit("tests.mail")

    queueing.outbox_drain()

    entry = OutboxEntry.objects.get()
    assert bool(entry.failed_at) is is_failed
    assert words in entry.last_error
    assert "ada@example.com" not in entry.last_error
    assert told == [("test", outcome)]
    assert not SentMail.objects.exists()


def test_mail_server_that_is_away_is_asked_again(real_db, settings, told):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queueing.enqueue_on_commit("tests.mail")

    queueing.outbox_drain()

    assert OutboxEntry.objects.get().failed_at is None
    assert told == [("test", "failed")]


@pytest.mark.django_db
def test_memory_of_sent_mails_lasts_a_month():
    for days in (29, 31):
        sent_at = Now() - timedelta(days=days)
        SentMail.objects.create(message_id=f"{days}", sent_at=sent_at)

    assert mail.sent_mails_forget() == 1
    assert SentMail.objects.get().message_id == "29"
