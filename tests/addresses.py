"""Every address of the shop and of the back office, read from the URL resolver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Address(NamedTuple):
    """A URL pattern: its name with namespaces, its route and its parameters."""

    name: str
    route: str
    parameters: tuple[str, ...]
    pattern: URLPattern


def all_addresses() -> list[Address]:
    """Return every address, in the order in which the resolver tries them."""
    return list(_walk(get_resolver()))


def _walk(
    resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = ":".join((*spaces, pattern.name or ""))
            parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
            yield Address(name, route, tuple(parameters), pattern)
        else:
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, route, inner)


def path_of(address: Address, world: Mapping[str, object]) -> str:
    """Return the address's path with the values of ``world`` (``tests.world``) in it.

    The key of a group without a name ends with the dot.
    """

    def value(match):
        key = f"{address.name}.{match[1]}"
        return str(
            next(each for pattern, each in world.items() if fnmatchcase(key, pattern))
        )

    filled = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)", value, address.route)
    filled = re.sub(r"<(?:\w+:)?(\w+)>", value, filled)
    filled = re.sub(r"\(()(?:[^()]|\([^)]*\))*\)", value, filled)
    return "/" + filled.replace("^", "").replace("$", "").replace("\\", "")
