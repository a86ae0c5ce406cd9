"""Who sent a request, where proxies stand between client and shop.

``REMOTE_ADDR`` is the peer of the connection. Only a peer in ``TRUSTED_PROXIES`` may name
another client, by ``X-Forwarded-For``; everything else in that header can be forged. An
address is personal data: it is never logged, and leaves the process as a keyed hash only.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
IPV6_PREFIX = 64
"""Bits that a provider gives to one customer, who chooses the other 64."""


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address, empty if the peer has none (a Unix socket).

    ``X-Forwarded-For`` is read from its end, where each proxy adds its own peer. The
    first address that is no trusted proxy's is the client; what stands before it came
    from the client. An entry that is no address ends the search at the proxy that sent it.
    """
    found = _address(request)
    return str(found) if found else ""


def client_network(request: HttpRequest) -> str:
    """Return what one client can't change: its IPv4 address, or its /64 of IPv6."""
    found = _address(request)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), IPV6_PREFIX), strict=False))
    return str(found) if found else ""


def _address(request: HttpRequest) -> Address | None:
    client = _parse(request.META.get("REMOTE_ADDR", ""))
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    while client and hops and _is_trusted(client):
        named = _parse(hops.pop())
        if named is None:
            break
        client = named
    return client


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
