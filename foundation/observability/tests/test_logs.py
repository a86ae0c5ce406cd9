import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import RequestFactory
from django.urls import resolve

from foundation.core.tracing import request_id_bound, task_bound
from foundation.observability.logs import JsonFormatter, LineFormatter
from foundation.observability.scrubbing import request_scrubbed, scrub


def record(message: str, *arguments, exc_info=None, **extra) -> logging.LogRecord:
    made = logging.LogRecord(
        "some.logger", logging.WARNING, __file__, 1, message, arguments, exc_info
    )
    vars(made).update(extra)
    return made


def told(*arguments, **extra) -> dict:
    line = JsonFormatter().format(record(*arguments, **extra))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    return json.loads(line)


def raised(error: Exception) -> dict:
    try:
        secret_local = "only-a-local"  # noqa: F841
        raise error
    except Exception:
        return told("It failed", exc_info=sys.exc_info())


def test_line_is_an_object_with_the_stated_fields():
    with request_id_bound("request-0001"), task_bound("some.task", 7):
        line = told("%s done", "all", duration=0.25, status=200, colour="blue")

    time = line.pop("time")
    assert time.endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "some.logger",
        "message": "all done",
        "request_id": "request-0001",
        "task": "some.task",
        "outbox": 7,
        "duration": 0.25,
        "status": 200,
    }


@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter()])
def test_no_message_can_forge_a_line(formatter):
    forged = 'a\nERROR root: b\r\n{"level": "ERROR"}\x1b[31m\x00\u2028\x85\u202ec\x7f'

    line = formatter.format(record("%s", forged, queue=forged))

    assert len(line.splitlines()) == 1
    assert not any(
        character in line for character in "\n\r\x1b\x00\u2028\x85\u202e\x7f"
    )


def test_long_messages_and_stacks_are_cut():
    line = told("x" * 5_000)
    assert line["message"] == "x" * 2_000 + " … (3000 more)"

    stack = raised(ValueError("y" * 20_000))["exception"]
    assert len(stack) == 8_002


def test_message_whose_arguments_do_not_fit_is_told():
    assert (
        told("%d pieces", "many")["message"] == "%d pieces (TypeError in its arguments)"
    )


def test_exception_is_told_on_one_line_without_values_of_locals():
    line = raised(ValueError("wrong"))

    assert line["exception"].endswith("ValueError: wrong")
    assert "test_logs.py" in line["exception"]
    assert "only-a-local" not in line["exception"]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("to ada.l+x@example.org refused", "ada"),
        ("{'ada@mail.example.org': (550, b'no such user')}", "ada@"),
        ("next=/reset%3Femail%3Dada%40example.org", "ada"),
        ("postgres://shop:s3cret-word@db:5432/shop", "s3cret"),
        ("redis://:s3cret-word@redis:6379/0 is away", "s3cret"),
        ("smtp+tls://shop@example.org:s3cret@mail", "s3cret"),
        ("https://shop.example.org/order/AB12/s3cret-hash/?q=ada", "s3cret"),
        ("https://shop.example.org/?q=s3cret", "s3cret"),
        ("password=s3cret", "s3cret"),
        ("{'new_password1': 's3cret word', 'x': 1}", "s3cret"),
        ('"csrfmiddlewaretoken": "s3cret"', "s3cret"),
        ("Authorization: Bearer s3cret.abc", "s3cret"),
        ("sent Basic czNjcmV0LXdvcmQ=", "czNj"),
        ("Cookie: sessionid=s3cret; csrftoken=other", "other"),
        ("AWS_SECRET_ACCESS_KEY=s3cret", "s3cret"),
        ("card 4242 4242 4242 4242 declined", "4242"),
        ("card 4242424242424242", "4242"),
        ("call +49 30 1234567 back", "1234567"),
        ("DETAIL:  Key (email)=(ada) already exists.", "ada"),
        ("DETAIL:  Failing row contains (1, Ada,\nRingstr. 1).", "Ring"),
        ('invalid input syntax for type integer: "s3cret"', "s3cret"),
        ('malformed array literal: "{s3cret"', "s3cret"),
        ('date/time field value out of range: "31.02.1984"', "1984"),
        ('value "99999999999" is out of range for type integer', "99999"),
        ('syntax error in tsquery: "s3cret &"', "s3cret"),
        ("Transfer to DE89 3704 0044 0532 0130 00 refused", "3704"),
        ("Transfer to DE89370400440532013000 refused", "3704"),
        ("Error handling request /reset/s3cret/?a=b", "s3cret"),
        ("Invalid request from ip=192.0.2.7: 'GET /s3cret'", "192.0.2.7"),
    ],
)
def test_what_has_the_form_of_a_secret_is_masked(text, secret):
    assert secret not in scrub(text)
    assert "…" in scrub(text) or text.startswith("Invalid request")


@pytest.mark.parametrize(
    "text",
    [
        "Order AB12-CD34 confirmed at 2026-11-22T13:00:00.123+00:00",
        "celery@worker-7 ready.",
        "No module named 'catalogue.lamps'",
        "Missing staticfiles manifest entry for 'css/site.css'",
        'relation "core_outboxentry" does not exist',
        "storefront_orders took too long",
        "Listening at: http://0.0.0.0:8000 (12345)",
    ],
)
def test_what_operators_need_stays(text):
    assert scrub(text) == text


def test_values_of_a_row_that_the_database_refused_are_masked(db):
    from django.contrib.auth import get_user_model

    user = get_user_model()
    user.objects.create(email="ada@example.org")
    with pytest.raises(IntegrityError) as caught:
        user.objects.create(email="ada@example.org")

    line = raised(caught.value)

    assert "ada" not in line["exception"]
    assert "unique constraint" in line["exception"]


def test_whatever_a_visitor_sent_is_masked_while_the_request_is_in_work():
    request = RequestFactory().post(
        "/password-reset/confirm/MQ/tokenword/?q=searchword",
        {"first_name": "Augusta", "street": "Ringstraße 1", "quantity": "1"},
        HTTP_COOKIE="basket=cookieword",
    )
    request.POST  # noqa: B018  # a view has read it
    request.resolver_match = resolve(request.path)
    words = "Augusta, Ringstraße 1, searchword, tokenword, cookieword"

    with request_scrubbed(request):
        line = raised(KeyError(words))
        said = told("Not found: %s for %s", request.get_full_path(), words)

    for word in (*words.split(", "), "Ringstra"):
        assert word not in line["exception"].split("KeyError:")[1]
        assert word not in said["message"]
    assert "test_logs.py" in line["exception"]


def test_what_a_form_has_tidied_up_is_masked_too():
    sent = {"first_name": " Augusta ", "line1": "Ringstraße  1", "note": "One\r\ntwo"}
    request = RequestFactory().post("/", sent)
    request.POST  # noqa: B018  # a view has read it

    with request_scrubbed(request):
        line = told("augusta, Ringstraße 1: One\ntwo")

    assert line["message"] == "…, …: …"


def test_names_of_the_shop_stay_though_they_stand_in_the_path():
    request = RequestFactory().get("/accounts/order-status/AB12/hashword/")
    request.resolver_match = resolve(request.path)

    line = told("No accounts: order-status of AB12 by hashword", request=request)

    assert line["message"] == "No accounts: order-status of … by …"


def test_record_of_django_is_scrubbed_of_its_request_after_its_end():
    request = RequestFactory().get("/accounts/order-status/AB12/hashword/")

    line = told("Service Unavailable: %s", request.path, request=request)

    assert line["message"] == "Service Unavailable: …"
