"""Blocks that show what is for sale. They hold ids; prices come when the page is drawn."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    IntegerBlock,
    ListBlock,
    StructBlock,
    StructBlockValidationError,
)

from catalogue.models import Product
from cms_pages.blocks.choosers import CategoryChooserBlock, ProductChooserBlock
from cms_pages.blocks.mentions import Mentions, list_values


def sample_product_ids(count: int) -> list[int]:
    """Public products, for a block's preview."""
    found = Product.objects.filter(is_public=True, parent=None).order_by("-pk")
    return list(found.values_list("pk", flat=True)[:count])


class ProductCardBlock(StructBlock):
    product_id = ProductChooserBlock(label=_("Product"))
    note = CharBlock(required=False, max_length=255, label=_("Why this one"))

    def get_preview_value(self):
        product = next(iter(sample_product_ids(1)), None)
        return self.normalize({"product_id": product, "note": _("Our favourite")})

    class Meta:
        label = _("Product")
        icon = "tag"
        group = _("Products")
        description = _("One product, with its price of the moment")
        template = "cms_pages/blocks/product_card.html"


class ProductGridBlock(StructBlock):
    """Chosen products, else the newest of a category and the categories below it."""

    MAX_LIMIT = 24

    title = CharBlock(required=False, max_length=160, label=_("Title"))
    product_ids = ListBlock(
        ProductChooserBlock(),
        default=[],
        min_num=0,
        label=_("Products"),
        help_text=_("Shown in this order. Leave empty to show a category."),
    )
    category_id = CategoryChooserBlock(required=False, label=_("Category"))
    limit = IntegerBlock(
        default=4,
        min_value=1,
        max_value=MAX_LIMIT,
        label=_("How many of the category"),
    )
    layout = ChoiceBlock(
        [("grid", _("Grid")), ("strip", _("One row to scroll"))],
        default="grid",
        label=_("Layout"),
    )

    def get_preview_value(self):
        return self.normalize(
            {
                "title": _("For the first cold evenings"),
                "product_ids": sample_product_ids(4),
            }
        )

    def mention(self, raw: dict, mentions: Mentions) -> None:
        """Note the chosen products, else how many of the category are shown."""
        chosen = [pk for pk in list_values(raw.get("product_ids") or []) if pk]
        mentions.products += chosen
        category = raw.get("category_id")
        if category and not chosen:
            limit = min(raw.get("limit") or self.MAX_LIMIT, self.MAX_LIMIT)
            mentions.grids[category] = max(limit, mentions.grids.get(category, 0))

    def clean(self, value):
        result = super().clean(value)
        if not result["product_ids"] and not result["category_id"]:
            raise StructBlockValidationError(
                block_errors={
                    "category_id": ValidationError(
                        _("Choose products, or a category to take them from.")
                    )
                }
            )
        return result

    class Meta:
        label = _("Products")
        icon = "grip"
        group = _("Products")
        description = _("Several products, chosen or taken from a category")
        template = "cms_pages/blocks/product_grid.html"
