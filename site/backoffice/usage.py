"""Where the library's pictures are used in the catalogue: Wagtail's "Used n times" and its warnings.

``ProductImage`` and ``Category`` are kept in Wagtail's reference index, so that a picture in
use is shown as such, and deleting it says what depends on it.
"""

from __future__ import annotations

from django.urls import reverse
from wagtail.admin.admin_url_finder import (
    ModelAdminURLFinder,
    register_admin_url_finder,
)
from wagtail.models import ReferenceIndex

from catalogue.models import Category, ProductImage


class ProductImageURLFinder(ModelAdminURLFinder):
    """A picture of a product is edited on the product's page."""

    def get_edit_url(self, instance):
        if self.user and not self.user.has_perm("catalogue.change_product"):
            return None
        return reverse("dashboard:catalogue-product", args=[instance.product_id])


class CategoryURLFinder(ModelAdminURLFinder):
    def get_edit_url(self, instance):
        if self.user and not self.user.has_perm("catalogue.change_category"):
            return None
        return reverse("dashboard:catalogue-category-update", args=[instance.pk])


def register() -> None:
    """Called once, when all models are loaded."""
    for model, finder in (
        (ProductImage, ProductImageURLFinder),
        (Category, CategoryURLFinder),
    ):
        ReferenceIndex.register_model(model)
        register_admin_url_finder(model, finder)
