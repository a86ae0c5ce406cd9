import logging
import random
import string
from itertools import product

import pytest
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from foundation.observability.exposition import metrics


@override_settings(METRICS_PORT=9100)
def test_metrics_are_in_the_text_form_whatever_the_host_name(client):
    answer = client.get("/metrics", HTTP_HOST="10.0.0.7:9100", SERVER_PORT="9100")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert not answer.cookies
    assert "django_http_requests_before_middlewares_total" in names(answer)


@override_settings(METRICS_PORT=9100, SECURE_SSL_REDIRECT=True)
def test_metrics_are_on_their_own_port_only(client):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_HOST="localhost:9100").status_code == 404

    inside = client.get("/metrics", SERVER_PORT="9100")

    assert inside.status_code == 200
    assert client.get("/", SERVER_PORT="9100").status_code == 404


@override_settings(METRICS_PORT=9100)
def test_metrics_are_only_read(client):
    assert client.post("/metrics", SERVER_PORT="9100").status_code == 405
    head = client.head("/metrics", SERVER_PORT="9100")

    assert head.status_code == 200
    assert head.content == b""


METHODS = ("GET", "HEAD", "POST", "BREW", "get")
HOSTS = ("localhost", "else.example", "no host at all")
LETTERS = (string.ascii_letters, string.printable + "äß")
FOLDERS = ("", "catalogue/", "static/", "de/", "accounts/", "media/")


def ask_for_anything(count: int, draw: random.Random) -> set[str]:
    """``count`` requests with a word of their own in path, query, host, headers or method; the words."""
    shop = Client(raise_request_exception=False)
    choices = list(product(METHODS, FOLDERS, HOSTS, LETTERS, ("", "/")))
    words = set()
    for method, folder, host, letters, end in draw.choices(choices, k=count):
        word = "".join(draw.choices(letters, k=12))
        brewed = "".join(draw.choices(string.ascii_uppercase, k=8))
        words |= {word, brewed}
        shop.generic(
            brewed if method == "BREW" else method,
            f"/{folder}{word}{end}",
            QUERY_STRING=f"{word}={word}",
            HTTP_HOST=host.replace("else", word),
            HTTP_X_REQUESTED_WITH=word,
            HTTP_USER_AGENT=word,
        )
    return words


@pytest.mark.django_db
@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_number_of_series_stays_whatever_strangers_send(count, caplog):
    caplog.set_level(logging.CRITICAL)
    draw = random.Random(3)
    ask_for_anything(100, draw)
    before = series()

    words = ask_for_anything(count, draw)

    after = series()
    labels = " ".join(str(value) for _name, *pairs in after for _label, value in pairs)
    assert len(before) > 50
    assert {word for word in words if word in labels} == set()
    assert len(after) < 2 * len(before)  # rare answers of known views, however many ask


def names(answer) -> set[str]:
    return {
        sample.name
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def series() -> set[tuple]:
    from django.test import RequestFactory

    answer = metrics(RequestFactory().get("/metrics"))
    return {
        (sample.name, *sorted(sample.labels.items()))
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
