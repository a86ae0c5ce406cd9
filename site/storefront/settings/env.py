"""The only reader of the environment: every variable, its type and its default.

Values come from the environment, then from ``.env`` beside ``manage.py``.
Documented in ``docs/reference/settings.md`` and ``.env.example``.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]
LINE = re.compile(r"^(export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=.*$")


def read_dotenv(path: Path) -> None:
    """Put the variables of ``path`` into the environment where they are not set yet.

    Raises:
        ImproperlyConfigured: a line is not ``NAME=value``; names file and line.
    """
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.strip()
        if text and not text.startswith("#") and not LINE.match(text):
            raise ImproperlyConfigured(
                f"{path.name}, line {number}: expected NAME=value, found {text[:40]!r}"
            )
    environ.Env.read_env(path)


def required(name: str) -> str:
    """The value of ``name``. Raises ``ImproperlyConfigured`` naming it if missing or empty."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment or in {ROOT / '.env'}."
        )
    return value


def required_url(name: str, *schemes: str) -> str:
    """The address in ``name``. Raises ``ImproperlyConfigured``, without the value: it may hold a password."""
    value = required(name)
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in schemes and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ImproperlyConfigured(
            f"{name} is no address that begins with {' or '.join(f'{each}://' for each in schemes)}."
        )
    return value


env = (
    environ.FileAwareEnv()
)  # NAME_FILE names a file that holds the value, as Swarm gives secrets
if (ROOT / ".env").is_file():
    read_dotenv(ROOT / ".env")
