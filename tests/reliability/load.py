"""Traffic on the shop, from several people at once, and what they all were told."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import psycopg

from tests.reliability.conftest import EDITOR, PASSWORD
from tests.reliability.people import (
    Answer,
    Browser,
    Edit,
    Editor,
    Ordered,
    Shopper,
    Wares,
    Writer,
)
from tests.reliability.processes import Shop, wait_for

JOIN_SECONDS = 120
FORM_SECONDS = 3.2
"""Who sends a form faster than this after it was drawn is taken for a robot."""

PRODUCTS = """
SELECT product.id, '/catalogue/' || slug || '_' || product.id || '/'
  FROM catalogue_product AS product JOIN partner_stockrecord AS stock ON stock.product_id = product.id
 WHERE structure = 'standalone' AND is_public AND num_in_stock > 0
 ORDER BY product.id
"""
PAGES = """
SELECT id, substr(url_path, 6) FROM wagtailcore_page
 WHERE live AND depth > 2 AND url_path LIKE '/home/%%' ORDER BY path
"""
RENAMED_PAGES = "SELECT page_ptr_id FROM cms_pages_standardpage ORDER BY page_ptr_id"
FORM = """
SELECT substr(url_path, 6) FROM wagtailcore_page
  JOIN cms_pages_formpage ON page_ptr_id = id WHERE live ORDER BY path LIMIT 1
"""


@dataclass
class Truth:
    """What people know: the shop must agree with it after every fault."""

    answers: list[Answer] = field(default_factory=list)
    orders: list[Ordered] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    texts: list[tuple[str, bool]] = field(default_factory=list)
    """Word of each form answer, and whether the shop said thanks."""

    accounts: list[tuple[str, bool]] = field(default_factory=list)
    """Address of each registration, and whether the shop promised a link."""

    @property
    def confirmed(self) -> list[Ordered]:
        return [order for order in self.orders if order.number]

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)


class Load:
    """``with Load(shop) as load:`` – people use the shop until the block ends; ``load.truth``.

    The last thing everybody does is finished, so that the end is theirs, not a cut.
    """

    def __init__(
        self, shop: Shop, *, shoppers: int = 2, editors: int = 1, writers: int = 1
    ):
        self.shop = shop
        self.truth = Truth()
        products = shop.sql(PRODUCTS)
        pages = [path for _, path in shop.sql(PAGES)]
        # Half of the products are sold, the other half renamed: a form sends back the stock it was drawn with.
        half = len(products) // 2
        words = ["lamp", "chair", "linen"]
        self.wares = Wares(products[:half], ["/", "/catalogue/", *pages], words)
        self.renamed = [product for product, _ in products[half:]]
        self.pages = [page for (page,) in shop.sql(RENAMED_PAGES)]
        self.form = shop.sql(FORM)[0][0]
        self._end = threading.Event()
        self.failures: list[BaseException] = []
        roles = [(self._shop, shoppers), (self._edit, editors), (self._write, writers)]
        self._threads = [
            threading.Thread(target=self._work, args=(role,), daemon=True)
            for role, count in roles
            for _ in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(JOIN_SECONDS)
            assert not thread.is_alive(), "somebody still waits for an answer"
        if self.failures and exception[1] is None:
            raise self.failures[0]

    def wait_for_orders(self, count: int, seconds: float = 120) -> None:
        """Until so many more orders are confirmed."""
        goal = len(self.truth.confirmed) + count

        def is_reached() -> bool:
            assert not self.failures, self.failures[0]
            return len(self.truth.confirmed) >= goal

        wait_for(is_reached, f"{count} more orders", seconds)

    def for_seconds(self, seconds: float) -> None:
        """The fault lasts so long; ends early where somebody failed."""
        deadline = time.monotonic() + seconds
        wait_for(
            lambda: self.failures or time.monotonic() > deadline, "time", seconds + 5
        )

    def _work(self, role: Callable[[], None]) -> None:
        try:
            role()
        except BaseException as error:  # told to the test's thread
            self.failures.append(error)

    def _browser(self) -> Browser:
        return Browser(self.shop.web_port, self.truth.answers)

    def _shop(self) -> None:
        shopper = Shopper(self._browser(), self.wares)
        while not self._end.is_set():
            self.truth.orders.append(shopper.order())

    def _edit(self) -> None:
        editor = Editor(self._browser(), EDITOR, PASSWORD)
        image = None
        while not self._end.is_set():
            page = secrets.choice(self.pages)
            self.truth.edits.append(editor.upload())
            self.truth.edits.append(editor.rename_page(page, image))
            product = secrets.choice(self.renamed)
            self.truth.edits.append(editor.rename_product(product))
            image = self._an_image()

    def _an_image(self) -> int | None:
        """An image of ours, if the database says so just now."""
        words = [e.word for e in self.truth.edits if e.kind == "image" and e.is_sure]
        try:
            found = self.shop.sql(
                "SELECT id FROM media_libraryimage WHERE title = %s", words[-1]
            )
        except (IndexError, psycopg.Error):
            return None
        return found[0][0] if found else None

    def _write(self) -> None:
        writer = Writer(self._browser(), self.form)
        writer.draw()
        self._end.wait(FORM_SECONDS)
        while not self._end.is_set():
            self.truth.texts.append(writer.write())
            self.truth.accounts.append(writer.register())
            self._end.wait(0.5)
