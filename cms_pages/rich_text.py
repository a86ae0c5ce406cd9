from wagtail.rich_text.pages import PageLinkHandler

from cms_pages.blocks.prefetching import prefetched


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
