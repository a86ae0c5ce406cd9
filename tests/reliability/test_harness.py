"""The tests of faults themselves: they notice every loss, and nothing outlives them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.invariants import Before, problems, settle
from tests.reliability.load import Load
from tests.reliability.people import Ordered
from tests.reliability.processes import SHOP_VARIABLE, Shop, is_alive, wait_for


def processes_of(shop: Shop) -> set[int]:
    """Living processes whose environment names this shop, and its servers."""
    wanted = f"{SHOP_VARIABLE}={shop.folder}".encode()
    servers = {shop.postgres.process.pid, shop.redis.process.pid}
    found = {pid for pid in servers if is_alive(pid)}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.xdist_group("faults")
def test_nothing_of_a_shop_outlives_a_failing_test(prepared):
    shop = Shop(prepared)

    def fail() -> None:
        with shop:
            shop.worker.kill_parent()
            shop.postgres.pause()
            raise RuntimeError(len(processes_of(shop)))

    with pytest.raises(RuntimeError) as failure:
        fail()

    assert failure.value.args[0] >= 6  # servers, web and its two workers, beat
    wait_for(lambda: not processes_of(shop), "every process has ended", 10)
    assert not shop.folder.exists()


@pytest.mark.slow
@pytest.mark.xdist_group("faults")
def test_every_loss_and_every_double_is_noticed(make_shop):
    shop = make_shop()
    before = Before.of(shop)
    with Load(shop) as load:
        load.wait_for_orders(1)
        wait_for(lambda: len(load.truth.edits) >= 6, "pages with pictures")
        wait_for(lambda: load.truth.texts, "form answers")
    truth = load.truth
    settle(shop, truth, before, "none")
    mails = shop.mail.mails
    mail = next(each for each in mails if each.recipients[0].startswith("guest-"))
    double = replace(mail, message_id="<another@example.com>")
    answer = next(each for each in mails if truth.texts[0][0] in each.body)
    lost = Ordered("guest-lost@example.com", "LOST")
    rendition = (
        shop.media
        / shop.sql("SELECT file FROM media_libraryrendition ORDER BY id DESC LIMIT 1")[
            0
        ][0]
    )
    hidden = rendition.with_suffix(".hidden")
    stock = (
        "UPDATE partner_stockrecord SET num_in_stock = num_in_stock + %s WHERE id = 1"
    )
    indexed = "UPDATE wagtailsearch_indexentry SET title = %s::tsvector, body = %s::tsvector WHERE id = %s"
    entry = shop.sql(
        "SELECT entry.title::text, body::text, entry.id FROM wagtailsearch_indexentry AS entry "
        "JOIN django_content_type AS type ON type.id = content_type_id AND model = 'product' "
        "JOIN catalogue_product AS product ON product.id::text = object_id "
        "WHERE product.title LIKE 'Product zq%%' LIMIT 1"
    )[0]
    a_page = "SELECT min(page_ptr_id) FROM cms_pages_standardpage WHERE social_image_id IS NOT NULL"
    picture = f"UPDATE cms_pages_standardpage SET social_image_id = social_image_id + %s WHERE page_ptr_id = ({a_page})"  # noqa: S608

    tampered: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("was told LOST", *_added(truth.orders, lost)),
        ("nobody knows of", *reversed(_added(truth.orders, truth.confirmed[0]))),
        ("no mail to", *reversed(_added(mails, mail))),
        ("2 mails to", *_added(mails, double)),
        ("1 kept, 0 mailed", *reversed(_added(mails, answer))),
        (
            "pieces are missing",
            partial(shop.sql, stock, -1),
            partial(shop.sql, stock, 1),
        ),
        (
            "found False, should be True",
            partial(shop.sql, indexed, "", "", entry[2]),
            partial(shop.sql, indexed, *entry),
        ),
        (
            "reference index of page",
            partial(shop.sql, picture, -1),
            partial(shop.sql, picture, 1),
        ),
        (
            "is missing",
            partial(rendition.rename, hidden),
            partial(hidden.rename, rendition),
        ),
        ("files of no image", hidden.touch, hidden.unlink),
    ]
    for words, tamper, undo in tampered:
        tamper()
        found = list(problems(shop, truth, before))
        undo()
        assert any(words in each for each in found), (words, found)
    assert not list(problems(shop, truth, before))


def _added(
    things: list[Any], thing: object
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Add it, and take it away."""
    return partial(things.append, thing), partial(things.remove, thing)
