"""Who sent a request: the proxies that are trusted say so, and nobody else."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from foundation.delivery.client_address import client_address, client_network
from storefront.settings.env import env, networks

PROXIES = [ip_network(each) for each in ("10.0.0.0/8", "fd00::/8")]


@pytest.fixture(autouse=True)
def _proxies(settings):
    settings.TRUSTED_PROXIES = PROXIES


def request_from(peer: str, forwarded: str | None = None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)


def test_peer_that_is_no_trusted_proxy_cannot_name_another_client():
    assert client_address(request_from("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_nobody_is_trusted_unless_the_settings_say_so(settings):
    settings.TRUSTED_PROXIES = []

    assert client_address(request_from("10.0.0.5", "198.51.100.1")) == "10.0.0.5"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (None, "10.0.0.5"),
        ("", "10.0.0.5"),
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first one is forged
        ("198.51.100.1, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("10.1.1.1, 10.0.0.9", "10.1.1.1"),  # a client inside the network
        ("203.0.113.7, nonsense, 10.0.0.9", "10.0.0.9"),
        ("nonsense", "10.0.0.5"),
        ("203.0.113.7,", "10.0.0.5"),
        ("203.0.113.7:4711", "10.0.0.5"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_last_address_that_no_trusted_proxy_has_is_the_client(forwarded, client):
    assert client_address(request_from("10.0.0.5", forwarded)) == client


def test_proxy_is_recognised_by_its_address_in_both_notations():
    request = request_from("::ffff:10.0.0.5", "203.0.113.7")

    assert client_address(request) == "203.0.113.7"


def test_peer_without_an_address_is_a_client_of_its_own():
    assert client_address(request_from("", "203.0.113.7")) == ""


def test_ipv6_clients_are_counted_by_their_network():
    one, same, other = (
        client_network(request_from(address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )

    assert one == same == "2001:db8:1:2::/64"
    assert other == "2001:db8:1:3::/64"
    assert client_network(request_from("203.0.113.7")) == "203.0.113.7"


def test_trusted_proxies_are_networks(monkeypatch):
    monkeypatch.setitem(env.ENVIRON, "TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1")
    assert networks("TRUSTED_PROXIES") == [
        ip_network("10.0.0.0/8"),
        ip_network("192.0.2.1/32"),
    ]

    monkeypatch.setitem(env.ENVIRON, "TRUSTED_PROXIES", "nginx")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES=nginx"):
        networks("TRUSTED_PROXIES")
