"""Merchandisers see how many people wait for what is sold out."""

import pytest
from django.test import Client

from catalogue.factories import ChildFactory, ParentFactory, ProductFactory
from checkout.customer.models import ProductAlert
from foundation.accounts.models import User


@pytest.fixture
def office(db):
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.org", "secret-12"))
    return client


def test_list_and_form_count_those_who_wait_variants_with_their_parent(office):
    lamp = ProductFactory(title="Lamp")
    parent = ParentFactory(title="Jacket")
    child = ChildFactory(parent=parent)
    for number, product in enumerate([lamp, child, child]):
        alert = ProductAlert.objects.create(product=product, email=f"p{number}@e.org")
        alert.confirm()
    ProductAlert.objects.create(product=lamp, email="unconfirmed@e.org")

    page = office.get("/dashboard/catalogue/")
    waiting = {
        each.record.title: each.record.waiting for each in page.context["products"].rows
    }
    assert waiting == {"Lamp": 1, "Jacket": 2}

    form = office.get(f"/dashboard/catalogue/products/{lamp.pk}/").content.decode()
    assert "1 person waits to be told" in form
    other = office.get(f"/dashboard/catalogue/products/{ProductFactory().pk}/")
    assert "waits to be told" not in other.content.decode()
