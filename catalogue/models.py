"""Oscar's catalogue with images from the one library, a search index and true addresses."""

from dataclasses import dataclass

from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from modelsearch import index
from oscar.apps.catalogue.abstract_models import (
    AbstractCategory,
    AbstractProduct,
    AbstractProductAttribute,
    AbstractProductAttributeValue,
    AbstractProductImage,
)

from catalogue.menu_version import category_menu_forget
from catalogue.search.text import folded
from foundation.core.html import html_clean


class Category(AbstractCategory):
    image = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("Image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    def get_full_slug(self, parent_slug=None):
        """Slugs from the root down to this category, one query where the parent's is not given.

        Oscar 4.2 caches it and never forgets: wrong after a rename or a move.
        """
        if self.is_root():
            return self.slug
        if parent_slug is None:
            ancestors = self.get_ancestors().values_list("slug", flat=True)
            parent_slug = self._slug_separator.join(ancestors)
        return f"{parent_slug}{self._slug_separator}{self.slug}"

    def move(self, target, pos=None):
        """Move in the tree; treebeard writes it in SQL, without a signal."""
        super().move(target, pos)
        self.refresh_from_db()
        self.set_ancestors_are_public()
        category_menu_forget()


class Product(index.Indexed, AbstractProduct):  # type: ignore[django-manager-missing]
    """A product; the search index holds its words, accents folded, never price or stock."""

    search_fields = [
        index.SearchField("search_title", boost=4),
        index.AutocompleteField("search_title"),
        index.SearchField("search_codes", boost=3),
        index.SearchField("search_categories", boost=2),
        index.SearchField("search_attributes"),
        index.SearchField("search_description"),
        index.FilterField("is_public"),
        index.FilterField("structure"),
        index.FilterField("parent"),
    ]

    @classmethod
    def get_indexed_objects(cls):
        """All but variants: these are found by their parent, which holds their words."""
        return cls.objects.filter(parent=None).prefetch_related(
            "categories",
            "children",
            "attribute_values__attribute",
            "attribute_values__value_option",
            "attribute_values__value_multi_option",
            "children__attribute_values__attribute",
            "children__attribute_values__value_option",
            "children__attribute_values__value_multi_option",
        )

    def search_title(self) -> str:
        return folded(self.get_title())

    def search_description(self) -> str:
        return folded(strip_tags(self.description))

    def search_codes(self) -> str:
        codes = [self.upc, self.code]
        codes += [child.upc for child in self.children.all()]
        return folded(" ".join(filter(None, codes)))

    def search_categories(self) -> str:
        return folded(" ".join(each.name for each in self.categories.all()))

    def search_attributes(self) -> str:
        values = list(self.attribute_values.all())
        for child in self.children.all():
            values += child.attribute_values.all()
        texts = {
            str(value.value_as_text)
            for value in values
            if value.attribute.type in ("text", "option", "multi_option")
        }
        return folded(" ".join(sorted(texts)))

    def get_missing_image(self):
        """Oscar's would link a file into the media folder (4.2: ``MissingProductImage``)."""
        return MissingImage()

    def update_rating(self):
        """Oscar's saves every field of a product that may be old by now (4.2)."""
        self.rating = self.calculate_rating()
        type(self).objects.filter(pk=self.pk).update(rating=self.rating)

    update_rating.alters_data = True  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class MissingImage:
    """Stands in for the image of a product without one; no page of ours draws it."""

    name: str = ""


class ProductAttribute(AbstractProductAttribute):
    """Of any type but file and image: these belong into the library, which checks them."""

    TYPE_CHOICES = tuple(
        (kind, label)
        for kind, label in AbstractProductAttribute.TYPE_CHOICES
        if kind not in (AbstractProductAttribute.FILE, AbstractProductAttribute.IMAGE)
    )
    type = models.CharField(
        _("Type"),
        choices=TYPE_CHOICES,
        default=AbstractProductAttribute.TEXT,
        max_length=20,
    )


class ProductAttributeValue(AbstractProductAttributeValue):
    @property
    def _richtext_as_html(self):
        """Oscar's (4.2) trusts what was typed."""
        return html_clean(self.value)


class ProductImage(AbstractProductImage):
    original = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("Image"),
        on_delete=models.PROTECT,
        related_name="+",
    )


from oscar.apps.catalogue.models import *
