from __future__ import annotations

from wagtail.models import Page, Site

from cms_pages.routing import TYPE_NAMES, home_of, specific_of
from cms_pages.selectors import Teaser, page_teasers

PAGES_SHOWN = 12
COVERS = ("articlepage__cover", "homepage__hero_image", "landingpage__hero_image")


def pages_search(query: str, *, site: Site, language: str) -> list[Teaser]:
    """The best matches for ``query`` among the live pages that everybody may read.

    Of ``site``, in ``language``. Three statements; none for an empty query.
    """
    if not query:
        return []
    found = (
        Page.objects.live()
        .public()
        .descendant_of(home_of(site, language))
        .select_related(*TYPE_NAMES, *COVERS)
        .search(query)[:PAGES_SHOWN]
    )
    return page_teasers(specific_of(page) for page in found)
