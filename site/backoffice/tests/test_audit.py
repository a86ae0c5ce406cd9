"""The history: who changed what in the back office, before and after."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.log_actions import LogContext
from wagtail.models import ModelLogEntry

from backoffice import roles
from catalogue import factories
from catalogue.models import Category
from catalogue.partner.models import PriceChange
from foundation.accounts.models import User
from foundation.audit.selectors import history, history_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchandiser(client):
    user = User.objects.create_user("m@example.com", "password")
    user.groups.add(Group.objects.get(name=roles.MERCHANDISER))
    client.force_login(user)
    return user


def entries(subject):
    return [history_entry(log) for log in history(subject)]


def values(entry):
    return {change.name: (change.before, change.after) for change in entry.changes}


def test_change_names_actor_before_and_after(merchandiser):
    product = factories.ProductFactory(title="Tent")
    ModelLogEntry.objects.all().delete()

    with LogContext(user=merchandiser):
        product.title = "Large tent"
        product.save()

    [entry] = entries(product)
    assert entry.actor == "m@example.com"
    assert values(entry)["title"] == ("Tent", "Large tent")
    assert "upc" not in values(entry)


def test_nothing_is_recorded_where_nobody_acts_in_the_back_office():
    product = factories.ProductFactory(stockrecords=None)

    product.title = "Another"
    product.save()
    product.delete()

    assert not ModelLogEntry.objects.exists()


def test_saving_without_a_change_is_not_recorded(merchandiser):
    product = factories.ProductFactory(stockrecords=None)

    with LogContext(user=merchandiser):
        product.save()

    assert entries(product) == []


def test_part_is_recorded_in_the_history_of_the_whole(merchandiser):
    product = factories.ProductFactory()
    record = product.stockrecords.get()
    ModelLogEntry.objects.all().delete()

    with LogContext(user=merchandiser):
        record.num_in_stock = 7
        record.save()

    [entry] = entries(product)
    assert values(entry) == {"num in stock": ("100", "7")}
    assert record.partner_sku in entry.what or "Warehouse" in entry.what


def test_deletion_keeps_what_was_there(merchandiser):
    category = factories.CategoryFactory(name="Lamps")

    with LogContext(user=merchandiser):
        category.delete()

    log = ModelLogEntry.objects.get(action="audit.delete")
    assert log.deleted
    assert log.data["before"]["name"] == "Lamps"
    assert log.data["after"] == {}


def test_roles_given_are_recorded_from_either_side(merchandiser):
    support = Group.objects.get(name=roles.SUPPORT)
    one, two = (User.objects.create_user(f"{n}@example.com") for n in "ab")

    with LogContext(user=merchandiser):
        one.groups.add(support)
        support.user_set.add(two)

    for user in (one, two):
        assert any(
            values(entry).get("groups") == ("–", "Support") for entry in entries(user)
        )


def test_password_is_never_written_to_the_log(merchandiser):
    user = User.objects.create_user("u@example.com", "old password")

    with LogContext(user=merchandiser):
        user.set_password("new password")
        user.save()

    log = ModelLogEntry.objects.get(object_id=user.pk)
    assert log.data == {"before": {"password": "•••"}, "after": {"password": "•••"}}


def test_permission_of_a_role_is_recorded(merchandiser):
    group = Group.objects.get(name=roles.SUPPORT)
    permission = group.permissions.first()

    with LogContext(user=merchandiser):
        group.permissions.remove(permission)

    [entry] = entries(group)
    before, after = values(entry)["permissions"]
    assert str(permission) in before
    assert str(permission) not in after


def test_page_of_the_dashboard_knows_the_actor(client, merchandiser):
    category = factories.CategoryFactory(name="Lamps")
    url = reverse("dashboard:catalogue-category-update", args=[category.pk])

    response = client.post(
        url,
        {
            "name": "Lights",
            "slug": "lights",
            "description": "null",
            "treebeard_position": "first-child",
            "treebeard_ref_node": "",
        },
    )

    assert response.status_code == 302, response.context["form"].errors
    assert Category.objects.get().name == "Lights"
    assert any(
        values(entry).get("name") == ("Lamps", "Lights")
        and entry.actor == "m@example.com"
        for entry in entries(category)
    )


def test_history_page_shows_before_and_after(client, merchandiser):
    product = factories.ProductFactory(title="Tent")
    with LogContext(user=merchandiser):
        product.title = "Large tent"
        product.save()

    response = client.get(
        reverse("dashboard:history", args=["catalogue.product", product.pk])
    )

    assert response.status_code == 200
    assert "Large tent" in response.content.decode()


@pytest.mark.parametrize(
    ("model", "status"),
    [("accounts.user", 302), ("sessions.session", 404), ("no.such", 404), ("x", 404)],
)
def test_history_is_shown_of_audited_objects_one_may_view(
    client, merchandiser, model, status
):
    response = client.get(reverse("dashboard:history", args=[model, merchandiser.pk]))

    assert response.status_code == status


def test_history_survives_text_that_looks_like_a_date(merchandiser):
    product = factories.ProductFactory()

    with LogContext(user=merchandiser):
        product.title = "2026-13-45T25:00"
        product.save()

    assert values(entries(product)[0])["title"][1] == "2026-13-45T25:00"


def test_price_history_names_the_person(merchandiser):
    from catalogue.partner.services import price_change

    record = factories.ProductFactory().stockrecords.get()

    price_change(stockrecord=record, amount=Decimal("9.00"), actor=merchandiser)

    assert PriceChange.objects.first().actor == merchandiser
    assert "9.00" in str(values(entries(record.product)[0])["price"])
