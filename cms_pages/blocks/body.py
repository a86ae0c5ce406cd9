"""The body of a page. Names are for ever: ``docs/reference/blocks.md``."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ListBlock, StreamBlock, StructBlock

from cms_pages.blocks.pictures import (
    EmbedBlock,
    GalleryBlock,
    ImageBlock,
    ImageWithTextBlock,
)
from cms_pages.blocks.products import ProductCardBlock, ProductGridBlock
from cms_pages.blocks.text import (
    CallToActionBlock,
    FaqBlock,
    HeadingBlock,
    ProseBlock,
    QuoteBlock,
    TableBlock,
)


class ColumnBodyBlock(StreamBlock):
    """What fits into a narrow column."""

    heading = HeadingBlock()
    rich_text = ProseBlock()
    image = ImageBlock()
    quote = QuoteBlock()
    call_to_action = CallToActionBlock()
    product_card = ProductCardBlock()


class ColumnBlock(StructBlock):
    body = ColumnBodyBlock(label=_("Content"))

    class Meta:
        icon = "bars"
        label = _("Column")


class ColumnsBlock(StructBlock):
    columns = ListBlock(ColumnBlock(), min_num=2, max_num=4, label=_("Columns"))

    class Meta:
        label = _("Columns")
        icon = "table"
        group = _("Layout")
        description = _("Two to four columns, one below the other on a small screen")
        template = "cms_pages/blocks/columns.html"
        preview_value = {
            "columns": [
                {"body": [("heading", {"text": _("Left"), "level": "h3"})]},
                {"body": [("heading", {"text": _("Right"), "level": "h3"})]},
            ]
        }


class BodyBlock(StreamBlock):
    heading = HeadingBlock()
    rich_text = ProseBlock()
    image = ImageBlock()
    image_with_text = ImageWithTextBlock()
    quote = QuoteBlock()
    call_to_action = CallToActionBlock()
    gallery = GalleryBlock()
    embed = EmbedBlock()
    faq = FaqBlock()
    table = TableBlock()
    columns = ColumnsBlock()
    product_card = ProductCardBlock()
    product_grid = ProductGridBlock()
