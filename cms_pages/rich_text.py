from django.core.exceptions import BadRequest
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.rich_text.pages import PageLinkHandler

from cms_pages.blocks.prefetching import prefetched


class RichTextArea(DraftailRichTextArea):
    """Wagtail's editor; a text that it can't have written is a bad request."""

    def value_from_datadict(self, data, files, name):
        try:
            return super().value_from_datadict(data, files, name)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise BadRequest("Not the content of a rich text editor.") from error


class PrefetchedPageLinkHandler(PageLinkHandler):
    """Links to pages that were fetched with the whole body; elsewhere Wagtail's own way."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        found = prefetched()
        if found is None:
            return super().expand_db_attributes_many(attrs_list)
        return [
            f'<a href="{page.url}">'
            if (page := found.pages.get(int(attrs.get("id") or 0)))
            else "<a>"
            for attrs in attrs_list
        ]
