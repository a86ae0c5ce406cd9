import pytest
from modelsearch import index
from prometheus_client import REGISTRY

from catalogue.factories import ProductFactory

pytestmark = pytest.mark.django_db


def searches(outcome: str) -> float:
    return REGISTRY.get_sample_value("storefront_searches_total", {"outcome": outcome})


def test_search_is_counted_by_whether_it_found_something(client):
    index.insert_or_update_object(ProductFactory(title="Copper lamp"))
    before = searches("found"), searches("empty")

    client.get("/search/?q=lamp")
    client.get("/search/?q=nothing-like-it")

    assert (searches("found"), searches("empty")) == (before[0] + 1, before[1] + 1)


def test_no_search_and_further_pages_of_one_are_not_counted(client):
    for product in ProductFactory.create_batch(25, title="Lamp"):
        index.insert_or_update_object(product)
    before = searches("found"), searches("empty")

    client.get("/search/")
    client.get("/search/?q=%20")
    assert client.get("/search/?q=lamp&page=2").context["page_obj"].number == 2

    assert (searches("found"), searches("empty")) == before
