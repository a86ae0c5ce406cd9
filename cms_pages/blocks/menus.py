"""Entries of a menu: pages, categories, links."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StreamBlock, StructBlock

from cms_pages.blocks.choosers import CategoryChooserBlock, LinkedPageChooserBlock
from foundation.core.html import validate_link

TITLE_HELP = _("Left empty, the entry has the name of what it leads to.")


class PageEntryBlock(StructBlock):
    page = LinkedPageChooserBlock(label=_("Page"))
    title = CharBlock(
        required=False, max_length=80, label=_("Title"), help_text=TITLE_HELP
    )

    class Meta:
        icon = "doc-empty-inverse"
        label = _("Page")


class CategoryEntryBlock(StructBlock):
    category_id = CategoryChooserBlock(label=_("Category"))
    title = CharBlock(
        required=False, max_length=80, label=_("Title"), help_text=TITLE_HELP
    )

    class Meta:
        icon = "folder-open-inverse"
        label = _("Category")


class LinkEntryBlock(StructBlock):
    title = CharBlock(max_length=80, label=_("Title"))
    address = CharBlock(
        max_length=500,
        validators=[validate_link],
        label=_("Address"),
        help_text=_("Such as /catalogue/ or https://example.com/"),
    )

    class Meta:
        icon = "link"
        label = _("Link")


class SubEntriesBlock(StreamBlock):
    page = PageEntryBlock()
    category = CategoryEntryBlock()
    link = LinkEntryBlock()


class TopPageEntryBlock(PageEntryBlock):
    children = SubEntriesBlock(required=False, label=_("Below it"))


class TopCategoryEntryBlock(CategoryEntryBlock):
    children = SubEntriesBlock(required=False, label=_("Below it"))


class TopLinkEntryBlock(LinkEntryBlock):
    children = SubEntriesBlock(required=False, label=_("Below it"))


class EntriesBlock(StreamBlock):
    """Entries, each with at most one level below it."""

    page = TopPageEntryBlock()
    category = TopCategoryEntryBlock()
    link = TopLinkEntryBlock()
