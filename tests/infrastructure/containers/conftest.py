"""The shop of docker-compose.yml, started by the documented lines; gone with its data at the end."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.infrastructure.containers import engine
from tests.infrastructure.containers.visitors import NGINX_PORT, PacedBrowser
from tests.reliability.people import Wares

OWNER, PASSWORD = "owner@example.com", "correct horse battery"
PRODUCTS = """
SELECT product.id, '/catalogue/' || slug || '_' || product.id || '/'
  FROM catalogue_product AS product JOIN partner_stockrecord AS stock ON stock.product_id = product.id
 WHERE structure = 'standalone' AND is_public
"""
MUCH = "UPDATE partner_stockrecord SET num_in_stock = 1000000, num_allocated = 0"


@dataclass
class Seen:
    """What web answered on port 8000 while it came up: ``(/healthz/, /readyz/)``, each pair once."""

    answers: list[tuple[int, int]] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.end.is_set():
            pair = tuple(
                engine.status(f"http://localhost:8000/{path}/")
                for path in ("healthz", "readyz")
            )
            if pair not in self.answers:
                self.answers.append(pair)
            time.sleep(1)


@dataclass(frozen=True)
class Shop:
    """``said``: each line of the Quick Start with what stood on the terminal."""

    said: dict[str, str]
    seen: Seen
    wares: Wares


def quick_start_lines() -> list[str]:
    """The first block of commands of the guide."""
    guide = (engine.ROOT / "docs/deployment.md").read_text()
    (block,) = re.findall(r"```bash\n(.*?)```", guide, re.DOTALL)[:1]
    return block.splitlines()


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    answers = {
        "E-mail address: ": OWNER,
        "Password: ": PASSWORD,
        "Password (again): ": PASSWORD,
    }
    seen, said = Seen(), {}
    looking = threading.Thread(target=seen.look)
    looking.start()
    try:
        for line in quick_start_lines():
            said[line] = engine.typed(line, answers)
        seen.end.set()
        engine.compose(
            "exec", "-T", "web", "python", "manage.py", "seed", "--size=tiny"
        )
        engine.rows(MUCH)
        products = [(int(pk), path) for pk, path in engine.rows(PRODUCTS)]
        yield Shop(said, seen, Wares(products, ["/", "/catalogue/"], ["lamp", "chair"]))
    finally:
        seen.end.set()
        looking.join()
        engine.compose("down", "--volumes", "--timeout=0")


@pytest.fixture
def browser() -> PacedBrowser:
    """Through nginx."""
    return PacedBrowser(NGINX_PORT, [])
