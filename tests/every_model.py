"""A row of every model and a value in every text, for tests that ask something of every field."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import Error, connection, models, transaction
from django.utils import timezone
from wagtail.fields import StreamField
from wagtail.models import Page

from catalogue.models import Option, Product
from catalogue.partner.models import StockRecord
from catalogue.partner.services import price_change
from cms_pages import factories as pages
from cms_pages import models as cms
from foundation.core import clock
from foundation.media.models import LibraryImage

NOT_MADE = {
    "wagtailadmin.Admin": "holds permissions alone",
}


MOST_ROWS = 3
"""So many rows of a model are made hostile; the hundred vouchers of a set are alike."""

NOT_TYPED = {
    "accounts.User.password": "a hash",
    "auth.Permission.*": "named by code",
    "contenttypes.*": "named by code",
    "*.path": "made by the tree",
    "wagtailcore.Page.url_path": "made of slugs",
    "wagtailcore.Locale.language_code": "chosen from LANGUAGES",
    "wagtailcore.Site.hostname": "a host name, by which the test finds the site",
    "sites.Site.domain": "the same",
    "wagtailusers.UserProfile.*": "chosen from lists",
    "core.OutboxEntry.*": "written by code",
    "core.SentMail.*": "written by code",
    "core.ScheduleRun.*": "written by code",
    "core.Shop.*": "chosen from lists",
    "sessions.*": "written by code",
    "*urrency": "chosen from a list",
    "media.LibraryImage.manifest": "written by code",
    "wagtailcore.*LogEntry.data": "written by code",
    "wagtailcore.Revision.content": "a copy of its page, which is saved as hostile",
    "*.proxy_class": "a path of a Python class, which only code can set",
    "order.Order.number": "made by the shop, and part of addresses",
    "wishlists.WishList.key": "made by the shop, and part of addresses",
    "wagtailcore.*Log*.action": "named by code",
    "wagtailcore.*.object_id": "a primary key",
    "wagtailcore.ReferenceIndex.*": "written by code",
    "wagtailadmin.*": "state of open windows",
    "wagtailimages.Rendition.*": "written by code",
    "media.LibraryRendition.*": "written by code",
    "flatpages.*": "not mounted",
    "address.Country.iso_*": "ISO 3166",
    "payment.SourceType.code": "named by code, which looks methods up by it",
    "order.PaymentEventType.code": "named by code",
    "order.ShippingEventType.code": "named by code",
    "*.status": "one of the shop's statuses",
    "order.OrderStatusChange.*": "one of the shop's statuses",
    "customer.ProductAlert.language": "chosen from LANGUAGES",
    "customer.ProductAlert.key": "made by the shop",
    "offer.RangeProductFileUpload.upload_type": "named by code",
    "order.OrderNote.note_type": "named by code",
}
"""Fields that hold what nobody types, by pattern of their label, with the reason."""

FORM_FIELDS = [f"question_{n}" for n in range(20)]


def all_models() -> list[type[models.Model]]:
    """Return every model of the project that has a table; proxies share one."""
    tables = connection.introspection.table_names()
    return [
        model
        for model in apps.get_models()
        if model._meta.db_table in tables and not model._meta.proxy
    ]


def create_every_model() -> None:
    """Create a row of each model that has none.

    Call it after ``tests.world.create_world``, which makes the ones that belong together.
    """
    _create_pages()
    price_change(
        stockrecord=StockRecord.objects.all()[0],
        amount=Decimal(1),
        window=(clock.to_minute(timezone.now()) + timedelta(days=1), None),
    )
    for model in all_models():
        _first(model)
    _create_attributes()
    missing = {
        model._meta.label for model in all_models() if not model._base_manager.exists()
    }
    assert missing == set(NOT_MADE)


def fill_every_text(value_of: Callable[[models.Field, str], Any]) -> dict[str, str]:
    """Write ``value_of(field, mark)`` into each text that people type, a mark for each row.

    Pages get a revision with the same texts. Returns the field of each mark; a field for
    which there is no value, or that the database refuses, is left out.
    """
    fields = {}
    numbers = itertools.count(1)
    for model in all_models():
        keys = model._base_manager.order_by("-pk").values_list("pk", flat=True)
        for field in filter(is_typed, model._meta.local_concrete_fields):
            for pk in list(keys[:MOST_ROWS]):
                mark = f"{next(numbers)}x"
                value = value_of(field, mark)
                if value is not None and _is_written(model, pk, {field.name: value}):
                    fields[mark] = str(field)
    for page in Page.objects.filter(depth__gt=1).specific():
        page.save_revision()
    return fields


def typed_fields() -> list[str]:
    """Return the labels of all fields that hold what people type."""
    return [
        str(field)
        for model in all_models()
        for field in filter(is_typed, model._meta.local_concrete_fields)
    ]


def is_typed(field: models.Field) -> bool:
    """Whether ``field`` holds what people type."""
    if any(fnmatchcase(str(field), pattern) for pattern in NOT_TYPED):
        return False
    kinds = (models.CharField, models.TextField, models.JSONField, StreamField)
    return isinstance(field, kinds) and not field.choices


def _is_written(model: type[models.Model], pk: Any, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=pk).update(**values))
    except Error:  # a constraint of the database
        return False


def _create_attributes() -> None:
    """Give the products an attribute of each type that holds a text, and an option."""
    for product in Product.objects.exclude(product_class=None):
        for kind in ("text", "richtext", "file", "image"):
            attribute, _ = product.product_class.attributes.get_or_create(
                code=f"of_{kind}", defaults={"name": kind, "type": kind}
            )
            product.attribute_values.get_or_create(attribute=attribute)
        product.product_class.options.set(Option.objects.all())


def _create_pages() -> None:
    pages.standard_page(title="Delivery", slug="delivery")
    pages.landing_page(title="Winter", slug="winter")
    pages.article(title="A night out", slug="a-night-out", tags=["wool"])
    form = cms.FormPage.objects.first()
    for position, (kind, _label) in enumerate(
        cms.FormField._meta.get_field("field_type").choices
    ):
        cms.FormField.objects.create(
            page=form,
            label=f"Question {position}",
            clean_name=FORM_FIELDS[position],
            field_type=kind,
            sort_order=position,
            choices="One\nTwo",
        )


def _first(model: type[models.Model]) -> models.Model | None:
    """Return the first row of ``model``; make it if there is none."""
    found = model._base_manager.order_by("pk").first()
    if found is not None or model._meta.label in NOT_MADE or issubclass(model, Page):
        return found
    row = model(**{field.name: _value(field) for field in _required(model)})
    for field in model._meta.private_fields:
        if hasattr(field, "ct_field"):
            content_type = ContentType.objects.get_for_model(LibraryImage)
            setattr(row, field.ct_field, content_type)
            setattr(row, field.fk_field, LibraryImage.objects.values_list("pk")[0][0])
    # Neither receivers nor `save()`: a row is wanted, not what a service would make of it.
    row.save_base(raw=True)
    return row


def _required(model: type[models.Model]) -> list[models.Field]:
    return [
        field
        for field in model._meta.local_concrete_fields
        if not (field.primary_key and not isinstance(field, models.ForeignKey))
        and not (field.has_default() and not isinstance(field, models.ForeignKey))
        and (not field.null or isinstance(field, models.ForeignKey))
        and not (field.null and field.remote_field.model is model)
    ]


def _value(field: models.Field) -> Any:
    if isinstance(field, models.ForeignKey):
        related = field.remote_field.model
        return (
            related._base_manager.order_by("pk").first()
            if field.null
            else _first(related)
        )
    if field.choices:
        return field.flatchoices[0][0]
    values = (value for kind, value in VALUES.items() if isinstance(field, kind))
    return next(values, field.get_default())


VALUES = {
    models.FileField: "a.png",
    models.DateTimeField: timezone.now(),
    models.DateField: timezone.localdate(),
    models.DurationField: timedelta(days=1),
    models.DecimalField: Decimal(1),
    models.BooleanField: False,
    models.IntegerField: 1,
    models.FloatField: 1,
    models.JSONField: {},
    models.CharField: "a",
    models.TextField: "a",
}
"""What a field gets that must not be empty, by its kind; the first that fits counts."""
