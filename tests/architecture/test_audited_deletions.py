"""Whatever is audited may be deleted, alone and in bulk, and the history says what it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, ProtectedError
from oscar.core.loading import get_model
from oscar.test import factories as oscar
from wagtail.log_actions import LogContext
from wagtail.models import GroupCollectionPermission, GroupPagePermission, ModelLogEntry

from catalogue import factories
from foundation.accounts.models import User
from foundation.audit.rules import registered


@pytest.fixture
def everything(world) -> None:
    """At least one row of every audited model; of products every structure."""
    parent = factories.ParentFactory()
    axis = get_model("catalogue", "ProductAttribute").objects.get(
        product_class=parent.product_class, option_group__isnull=False
    )
    child = factories.ChildFactory(
        parent=parent, attributes={axis.code: axis.option_group.options.get()}
    )
    factories.ProductImageFactory(product=parent)
    other = factories.ProductFactory()
    get_model("catalogue", "ProductRecommendation").objects.create(
        primary=parent, recommendation=other
    )
    get_model("offer", "RangeProduct").objects.create(
        range=oscar.RangeFactory(), product=child
    )
    order = get_model("order", "Order").objects.first()
    order.shipping_events.create(
        event_type=get_model("order", "ShippingEventType").objects.first()
    )
    order.payment_events.create(
        amount=1, event_type=get_model("order", "PaymentEventType").objects.first()
    )
    order.shipping_address = oscar.ShippingAddressFactory()
    order.save()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows(besides: User) -> list[tuple[type[Model], Model]]:
    return [
        (model, row)
        for model in registered()
        for row in model._base_manager.order_by("pk")
        if row != besides
    ]


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser("root@example.org")


def test_every_audited_model_has_a_row_to_delete(everything):
    assert [model for model in registered() if not model._base_manager.exists()] == []
    assert {GroupPagePermission, GroupCollectionPermission} <= set(registered())


def test_audited_row_can_be_deleted_and_its_history_names_it(everything, administrator):
    for model, row in rows(besides=administrator):
        name, pk = str(row), str(row.pk)
        with undone(), LogContext(user=administrator):
            ModelLogEntry.objects.all().delete()
            try:
                row.delete()
            except ProtectedError:
                continue
            entries = ModelLogEntry.objects.filter(user=administrator)
            assert entries.exists(), model
            own = entries.filter(
                content_type=ContentType.objects.get_for_model(model),
                action="audit.delete",
                object_id=pk,
            )
            assert {entry.label for entry in own} <= {name}, model


def test_audited_rows_can_be_deleted_in_bulk(everything, administrator):
    for model in registered():
        with undone(), LogContext(user=administrator):
            try:
                model._base_manager.exclude(
                    **{"pk": administrator.pk} if model is User else {}
                ).delete()
            except ProtectedError:
                continue
            assert ModelLogEntry.objects.filter(user=administrator).exists(), model


def test_deleted_variant_is_named_by_its_product_though_that_goes_first(
    everything, administrator
):
    Product = get_model("catalogue", "Product")
    child = Product.objects.get(structure="child", parent__isnull=False, title="")
    name, pk = str(child), child.pk

    with LogContext(user=administrator):
        child.parent.delete()

    entry = ModelLogEntry.objects.get(action="audit.delete", object_id=pk)
    assert name
    assert entry.label == name
