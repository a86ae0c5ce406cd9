"""The only reader of the environment: every variable, its type and its default.

Values come from the environment, then from ``.env`` beside ``manage.py``.
Documented in ``docs/reference/settings.md`` and ``.env.example``.
"""

import os
import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from babel.numbers import is_currency
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import Conninfo

ROOT = Path(__file__).resolve().parents[3]
EXPECTED = {bool: "True or False", int: "a whole number", float: "a number"}
WORDS_FOR_FALSE = ("false", "off", "f", "n", "no", "0")
DJANGO_OPTIONS = {"assume_role", "isolation_level", "pool", "server_side_binding"}
"""Options of a database address that Django takes for itself."""
LINE = re.compile(r"^(export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=.*$")


def read_dotenv(path: Path) -> None:
    """Put the variables of ``path`` into the environment where they are not set yet.

    Raises:
        ImproperlyConfigured: the file is no text, or a line is not ``NAME=value``; names file and line.
    """
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} cannot be read ({error}).") from error
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text and not text.startswith("#") and not LINE.match(text):
            raise ImproperlyConfigured(
                f"{path.name}, line {number}: expected NAME=value, found {text[:40]!r}"
            )
    environ.Env.read_env(path)


class Env(environ.FileAwareEnv):
    """Takes values as they stand there, an empty one as none, and names the variable that makes no sense.

    django-environ (0.12) would take ``$X`` for the value of ``X``, also at the start of a
    password, and every word but "true" and its like for false.
    """

    def get_value(
        self,
        var: str,
        cast: Any = None,
        default: Any = environ.Env.NOTSET,
        parse_default: bool = False,
    ) -> Any:
        text = self.text(var)
        if not text:
            if default is self.NOTSET:
                raise ImproperlyConfigured(f"{var} is not set.")
            return self.parse_value(default, cast) if parse_default else default
        is_word = text.lower() in (*self.BOOLEAN_TRUE_STRINGS, *WORDS_FOR_FALSE)
        try:
            if cast is bool and not is_word:
                raise ValueError
            return self.parse_value(text, cast)
        except ValueError as error:
            expected = EXPECTED.get(cast)
            raise ImproperlyConfigured(
                f"{var}={text}: {expected} is needed."
                if expected
                else f"{var} cannot be read."  # it may hold a password
            ) from error

    def text(self, var: str) -> str:
        try:
            return self.ENVIRON.get(var, "").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{var}_FILE={error.filename} cannot be read ({error.strerror})."
            ) from error


def required(name: str) -> str:
    """The value of ``name``. Raises ``ImproperlyConfigured`` naming it if missing or empty."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment or in {ROOT / '.env'}."
        )
    return value


def required_url(name: str, *schemes: str, default: str = "") -> str:
    """The address in ``name``. Raises ``ImproperlyConfigured``, without the value: it may hold a password."""
    value = env.str(name, default=default) or required(name)
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) or "https" not in schemes
        is_good = parts.scheme in schemes and parts.port != 0 and has_host
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(
            f"{name} is no address that begins with {' or '.join(f'{each}://' for each in schemes)}."
        )
    return value


def optional_url(name: str, default: str = "") -> str:
    """The web address in ``name``, or none. Raises ``ImproperlyConfigured``, without the value."""
    return required_url(name, "https", "http") if env.str(name, default="") else default


def redis_address(name: str, *schemes: str, default: str = "") -> str:
    """Return the address in ``name``. With ``rediss``, the server's certificate is verified.

    Celery (kombu 5.7) verifies none unless the address says so; the cache's client always does.
    Raises ``ImproperlyConfigured``, without the value: it may hold a password.
    """
    address = required_url(name, *schemes, default=default)
    parts = urlsplit(address)
    if parts.scheme != "rediss":
        return address
    query = {"ssl_cert_reqs": "required", **dict(parse_qsl(parts.query))}
    if (path := query.get("ssl_ca_certs")) and not os.access(path, os.R_OK):
        raise ImproperlyConfigured(f"{name}: ssl_ca_certs={path} cannot be read.")
    return parts._replace(query=urlencode(query, safe="/")).geturl()


def database_address(name: str) -> dict[str, Any]:
    """Django's settings for the database in ``name``. Raises ``ImproperlyConfigured``, without the value."""
    address = env.db_url_config(required_url(name, "postgres", "postgresql"))
    if not address["NAME"] or address["HOST"] == "...":
        raise ImproperlyConfigured(
            f"{name} names no database: postgres://user:password@host:port/name is needed."
        )
    known = {each.keyword.decode() for each in Conninfo.get_defaults()}
    if strange := address.get("OPTIONS", {}).keys() - known - DJANGO_OPTIONS:
        raise ImproperlyConfigured(
            f"{name}: PostgreSQL knows no option {min(strange)} of a connection."
        )
    return address


def mail_address(name: str, default: str) -> dict[str, Any]:
    """Django's settings for the mail server in ``name``. Raises ``ImproperlyConfigured``, without the value."""
    try:
        address: dict[str, Any] = env.email_url(name, default=default)
        if "smtp" in address["EMAIL_BACKEND"] and not address["EMAIL_HOST"]:
            raise ValueError
        if "filebased" in address["EMAIL_BACKEND"]:
            # django-environ (0.12) drops the slash that the path begins with.
            address["EMAIL_FILE_PATH"] = mail_folder(env.str(name))
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} is no address of a mail server: smtp://user:password@host:port is needed."
        ) from error
    return address


def mail_folder(address: str) -> str:
    """Return the absolute path in ``filemail:///path``. Raises: ValueError if there is none."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.strip("/"):
        raise ValueError
    return unquote(parts.path)


def whole(name: str, *, default: int, least: int = 0) -> int:
    """The number in ``name``. Raises ``ImproperlyConfigured`` where it is below ``least``."""
    value = env.int(name, default=default)
    if value < least:
        raise ImproperlyConfigured(f"{name}={value}: at least {least} is needed.")
    return value


def port(name: str, default: int) -> int:
    value = env.int(name, default=default)
    if not 0 <= value < 65536:
        raise ImproperlyConfigured(f"{name}={value} is no port: 0 to 65535.")
    return value


def share(name: str, default: float) -> float:
    value = env.float(name, default=default)
    if not 0 <= value <= 1:
        raise ImproperlyConfigured(f"{name}={value} is no share: 0 to 1.")
    return value


def host_names(name: str, default: list[str]) -> list[str]:
    """The names in ``name``. Raises ``ImproperlyConfigured`` where one is an address."""
    values = env.list(name, default=default)
    for value in values:
        if "/" in value:
            raise ImproperlyConfigured(
                f"{name}={value} is no host name such as shop.example.com."
            )
    return values


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """The networks in ``name``. Raises ``ImproperlyConfigured`` where one is none, or has bits beyond its prefix."""
    try:
        return [ip_network(value.strip()) for value in env.list(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={env.str(name)}: networks such as 10.0.0.0/8 are needed, with commas ({error})."
        ) from error


def currency(name: str, default: str) -> str:
    value = env.str(name, default=default)
    if not is_currency(value):
        raise ImproperlyConfigured(
            f"{name}={value} is no currency of ISO 4217 such as EUR."
        )
    return value


def one_of(name: str, allowed: Collection[str], default: str) -> str:
    """The word in ``name``. Raises ``ImproperlyConfigured`` where it is none of those allowed."""
    value = env.str(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(
            f"{name}={value} is not known: one of {', '.join(allowed)} is needed."
        )
    return value


def time_zone(name: str, default: str) -> str:
    value = env.str(name, default=default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name}={value} is no time zone such as Europe/Berlin."
        ) from error
    return value


env = Env()  # NAME_FILE names a file that holds the value, as Swarm gives secrets
# Tests are the same whatever an `.env` says.
IS_TEST = os.environ.get("DJANGO_SETTINGS_MODULE") == "storefront.settings.test"
if (ROOT / ".env").is_file() and not IS_TEST:
    read_dotenv(ROOT / ".env")
