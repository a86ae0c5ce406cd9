"""Docker and Compose as an operator calls them, and what the shop answers meanwhile."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.message import Message
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
IMAGE = "ghcr.io/your-org/ecommerce:latest"
COMMAND_SECONDS = 600
READY_SECONDS = 400
LATER = f"""
FROM {IMAGE}
COPY migration.py /app/foundation/core/migrations/9999_{{release}}.py
ENV RELEASE={{release}}
"""
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE {release} (id int); SELECT pg_sleep(3)")]
"""


def ask(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Raises: AssertionError where the command fails, with what it said."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert not check or done.returncode == 0, (command, said)
    return done


def docker(*arguments: str) -> str:
    return ask("docker", *arguments).stdout.strip()


def compose(*arguments: str) -> str:
    return ask("docker-compose", *arguments).stdout.strip()


def later_build(folder: Path, release: str, tag: str) -> None:
    """A newer image, whose migration takes some seconds."""
    last = max(path.stem for path in ROOT.glob("foundation/core/migrations/0*.py"))
    (folder / "Dockerfile").write_text(LATER.format(release=release))
    (folder / "migration.py").write_text(MIGRATION.format(last=last, release=release))
    docker("build", f"--tag={tag}", str(folder))


def inspected(container: str, template: str) -> str:
    return docker("inspect", "--format", template, container)


def address(container: str) -> str:
    """In its network."""
    return inspected(
        container, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    )


def container_of(service: str) -> str:
    """The id of its container, also of one that has ended."""
    return compose("ps", "--all", "--quiet", service)


def rows(statement: str) -> list[list[str]]:
    """Of the database of docker-compose.yml."""
    said = compose(
        *("exec", "-T", "db", "psql", "--username=storefront", "--no-align"),
        *("--tuples-only", "--field-separator=\t", f"--command={statement}"),
    )
    return [line.split("\t") for line in said.splitlines()]


def answer(
    url: str, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes, Message]:
    """Status, body and headers; status 0 where nobody answers."""
    request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers
    except OSError:
        return 0, b"", Message()


def status(url: str, headers: Mapping[str, str] | None = None) -> int:
    return answer(url, headers)[0]


def wait_for(
    condition: Callable[[], Any], what: str, seconds: float = READY_SECONDS
) -> Any:
    """What the condition gives once it gives something. Raises: AssertionError after ``seconds``."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.2)
    return found


def typed(command: str, answers: Mapping[str, str]) -> str:
    """Run a line at a terminal, type an answer after each of the prompts; what stood there at the end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command.split(), cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    text, read = "", 0
    until = time.monotonic() + COMMAND_SECONDS
    with suppress(OSError):  # EIO: the other end is closed
        while time.monotonic() < until:
            if select.select([ours], [], [], 1)[0]:
                text += os.read(ours, 4096).decode(errors="replace")
            for prompt, words in answers.items():
                if (at := text.find(prompt, read)) >= 0:
                    read = at + len(prompt)
                    os.write(ours, f"{words}\n".encode())
    os.close(ours)
    try:
        assert process.wait(10) == 0, text
    finally:
        process.kill()
    return text
