"""A row of every model, for tests that ask something of every field."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.utils import timezone
from wagtail.models import Page

from catalogue.partner.models import StockRecord
from catalogue.partner.services import price_change
from cms_pages import factories as pages
from cms_pages import models as cms
from foundation.core import clock
from foundation.media.models import LibraryImage

NOT_MADE = {
    "catalogue.ProductCategoryHierarchy": "a view of the database",
    "wagtailadmin.Admin": "holds permissions alone and has no table of its own",
}


def all_models() -> list[type[models.Model]]:
    """Return every model of the project that has a table; proxies share one."""
    tables = connection.introspection.table_names()
    return [
        model
        for model in apps.get_models()
        if model._meta.db_table in tables and not model._meta.proxy
    ]


def create_every_model() -> list[str]:
    """Create a row of each model that has none. Return the labels of those still without.

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
    return sorted(
        model._meta.label
        for model in all_models()
        if model._meta.label not in NOT_MADE and not model._base_manager.exists()
    )


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
            clean_name=f"question_{position}",
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


def _value(field: models.Field):
    match field:
        case models.ForeignKey() if field.null:
            return field.remote_field.model._base_manager.order_by("pk").first()
        case models.ForeignKey():
            return _first(field.remote_field.model)
        case models.FileField():
            return SimpleUploadedFile("a.png", b"").name
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return timezone.localdate()
        case models.DurationField():
            return timedelta(days=1)
        case models.DecimalField():
            return Decimal(1)
        case models.BooleanField():
            return False
        case models.IntegerField() | models.FloatField():
            return 1
        case models.JSONField():
            return {}
        case _ if field.choices:
            return field.flatchoices[0][0]
        case models.CharField() | models.TextField():
            return "a"
    return field.get_default()
