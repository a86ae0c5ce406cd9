from functools import partial

import pytest
from modelsearch.backends.database.postgres.postgres import IndexEntry

from catalogue.factories import ProductFactory
from catalogue.models import Product
from catalogue.search import repair, tasks
from catalogue.search.repair import RepairCounts, entries_complete, entries_repair
from catalogue.search.selectors import products_search
from foundation.core.context import shop_context
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db


def find(query: str) -> list[str]:
    found = products_search(query, context=shop_context())
    return [card.title for card in found.cards]


@pytest.fixture(autouse=True)
def sound_index(db):
    """The pages that migrations made are not indexed by them."""
    assert entries_repair()[0].missing == 2


@pytest.fixture
def lamps():
    return [ProductFactory(title=f"Lamp {name}") for name in ("Ada", "Bea", "Cleo")]


def entry_of(product: Product):
    return IndexEntry.objects.filter(
        content_type__model="product", object_id=str(product.pk)
    )


def test_sound_index_is_left_as_it_is(lamps):
    before = set(IndexEntry.objects.values_list("pk", "title_text"))

    assert entries_repair() == (RepairCounts(), None)
    assert entries_complete() == RepairCounts()
    assert set(IndexEntry.objects.values_list("pk", "title_text")) == before


def test_missing_stale_and_orphaned_entries_are_put_right():
    lamps = [ProductFactory(title=f"Lamp {name}") for name in ("Ada", "Bea")]
    entry_of(lamps[0]).delete()
    Product.objects.filter(pk=lamps[1].pk).update(title="Lantern Bea")
    orphan = entry_of(lamps[1]).get()
    orphan.pk, orphan.object_id = None, "999999"
    orphan.save()
    assert find("ada") == find("lantern") == []

    counts, rest = entries_repair()

    assert counts == RepairCounts(missing=1, stale=1, orphaned=1)
    assert rest is None
    assert find("ada") == ["Lamp Ada"]
    assert find("lantern") == ["Lantern Bea"]
    assert entries_repair()[0] == RepairCounts()


def test_hourly_run_adds_what_is_missing_and_deletes_what_is_orphaned(lamps):
    orphan = entry_of(lamps[1]).get()
    entry_of(lamps[0]).delete()
    orphan.pk, orphan.object_id = None, "999999"
    orphan.save()

    assert entries_complete() == RepairCounts(missing=1, orphaned=1)
    assert find("ada") == ["Lamp Ada"]


def test_object_that_cannot_be_indexed_stops_no_other(lamps, monkeypatch):
    IndexEntry.objects.all().delete()
    words = Product.search_codes

    def refuse(product):
        if product.title == "Lamp Bea":
            raise ValueError("No words.")
        return words(product)

    monkeypatch.setattr(Product, "search_codes", refuse)
    counts, _rest = entries_repair()

    assert counts.failed == 1
    assert sorted(find("lamp")) == ["Lamp Ada", "Lamp Cleo"]


def test_run_out_of_time_is_continued_by_the_outbox(lamps, monkeypatch):
    monkeypatch.setattr(repair, "BATCH", 2)
    hurried = partial(repair.entries_repair, seconds=0)
    monkeypatch.setattr(repair, "entries_repair", hurried)
    entry_of(lamps[2]).delete()

    tasks.index_repair()
    runs = 0
    while entry := OutboxEntry.objects.filter(
        task="catalogue.search.tasks.index_repair"
    ).first():
        assert outbox_run(entry.pk)
        runs += 1

    assert runs >= 2
    assert find("cleo") == ["Lamp Cleo"]


def test_comparing_costs_statements_by_model_and_batch_not_by_object(
    lamps, django_assert_max_num_queries
):
    # Orphans: one for each of 13 models. Walk: objects until none is left, for each
    # model (13), products 1 more; their words 7 (prefetched), their entries 1.
    with django_assert_max_num_queries(60):
        entries_repair()
