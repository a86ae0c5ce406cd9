from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlock, URLBlock

from cms_pages.blocks.choosers import (
    CategoryChooserBlock,
    LinkedPageChooserBlock,
    ProductChooserBlock,
)


class LinkBlock(StreamBlock):
    """One link, to a page, a category, a product or any address.

    Its URL depends on what else the body shows: the tag ``link_url`` gives it.
    """

    page = LinkedPageChooserBlock(label=_("Page"))
    category = CategoryChooserBlock(label=_("Category"))
    product = ProductChooserBlock(label=_("Product"))
    address = URLBlock(label=_("Address"), icon="link-external")

    class Meta:
        max_num = 1
        icon = "link"
