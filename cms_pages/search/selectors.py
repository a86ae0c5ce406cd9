from __future__ import annotations

from wagtail.models import Page, Site

from cms_pages.routing import home_of, pages_read
from cms_pages.selectors import Teaser, page_teasers

PAGES_SHOWN = 12


def pages_search(query: str, *, site: Site, language: str) -> list[Teaser]:
    """The best matches for ``query`` among the live pages that everybody may read.

    Of ``site``, in ``language``. Two statements and one for each type of page
    that is found; none for an empty query.
    """
    if not query:
        return []
    found = (
        Page.objects.live()
        .public()
        .descendant_of(home_of(site, language))
        .search(query)[:PAGES_SHOWN]
    )
    return page_teasers(pages_read((page.pk, page.content_type_id) for page in found))
