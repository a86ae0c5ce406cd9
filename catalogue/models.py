"""Oscar's catalogue with images from the one library."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.abstract_models import AbstractCategory, AbstractProductImage


class Category(AbstractCategory):
    image = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("Image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )


class ProductImage(AbstractProductImage):
    original = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("Image"),
        on_delete=models.PROTECT,
        related_name="+",
    )


from oscar.apps.catalogue.models import *
