"""Metrics are answered on a port of their own, or not at all."""

import pytest


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.7"])
def test_metrics_are_not_on_the_port_of_the_shop(client, settings, peer):
    settings.METRICS_PORT = 0

    answer = client.get("/metrics", REMOTE_ADDR=peer)

    assert answer.status_code == 404
    assert b"storefront_" not in answer.content


def test_name_of_a_host_does_not_lead_to_the_port_of_metrics(client, settings):
    settings.METRICS_PORT = 9100

    assert client.get("/metrics", HTTP_HOST="localhost:9100").status_code == 404
