"""Choosers for blocks: library images, pages, and shop things by their bare id."""

from __future__ import annotations

from django.utils.functional import cached_property
from wagtail.blocks import ChooserBlock, PageChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms_pages.blocks.mentions import Mentions
from cms_pages.blocks.prefetching import PrefetchingChooserMixin


class LibraryImageChooserBlock(PrefetchingChooserMixin, ImageChooserBlock):
    prefetched_name = "images"

    def mention(self, raw: int, mentions: Mentions) -> None:
        mentions.images.add(raw)


class LinkedPageChooserBlock(PrefetchingChooserMixin, PageChooserBlock):
    prefetched_name = "pages"

    def mention(self, raw: int, mentions: Mentions) -> None:
        mentions.pages.add(raw)


class IdChooserBlock(ChooserBlock):
    """Chooses an instance, holds its primary key: reading the block asks no query.

    The one who draws a whole page looks up all ids together (``cms_pages.stories``).
    """

    def to_python(self, value):
        return value

    def bulk_to_python(self, values):
        return list(values)

    def get_prep_value(self, value):
        return value

    def value_from_form(self, value):
        return getattr(value, "pk", value)

    def extract_references(self, value):
        if value is not None:
            yield self.model_class, str(value), "", ""


class ProductChooserBlock(IdChooserBlock):
    target_model = "catalogue.Product"

    def mention(self, raw: int, mentions: Mentions) -> None:
        mentions.products.append(raw)

    @cached_property
    def widget(self):
        from cms_pages.choosers import product_chooser_viewset

        return product_chooser_viewset.widget_class()

    class Meta:
        icon = "tag"


class CategoryChooserBlock(IdChooserBlock):
    target_model = "catalogue.Category"

    def mention(self, raw: int, mentions: Mentions) -> None:
        mentions.categories.add(raw)

    @cached_property
    def widget(self):
        from cms_pages.choosers import category_chooser_viewset

        return category_chooser_viewset.widget_class()

    class Meta:
        icon = "folder-open-inverse"
