"""What stands around every page: name and contact of the shop, main menu, footer.

Each process keeps it for each site and language; never anything about the visitor. The key
holds a version that every change of a menu, page, category, setting or site replaces
for all processes after its commit, so a reader that began before the change can't put back
what was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.core.cache import cache, caches
from django.db import transaction
from django.http import HttpRequest
from wagtail.blocks import StreamValue
from wagtail.models import Page, Site

from catalogue.selectors import CategoryLink, category_links, category_menu
from cms_pages.blocks.prefetching import Prefetched, prefetched_as
from cms_pages.models import Menu, SiteSettings
from cms_pages.models.settings import LEGAL_RETURN_DAYS
from cms_pages.routing import home_of, site_for_request
from cms_pages.stories import mentions_of, pages_fetch
from foundation.core.context import ShopContext, shop_context_for_request
from foundation.core.html import link_is_safe

CACHE_SECONDS = 3600
VERSION_KEY = "navigation-version"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a menu; ``is_current`` where it leads to the page that is shown."""

    title: str
    url: str
    children: tuple[MenuItem, ...] = ()
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class MenuColumn:
    title: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class LabelledLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """Who runs the shop. ``terms_url`` is empty if no public page of terms is chosen."""

    name: str
    tagline: str = ""
    contact_email: str = ""
    phone: str = ""
    address: str = ""
    footer_text: str = ""
    social: tuple[LabelledLink, ...] = ()
    legal_links: tuple[LabelledLink, ...] = ()
    terms_url: str = ""
    return_days: int = LEGAL_RETURN_DAYS


@dataclass(frozen=True, slots=True)
class Navigation:
    site: SiteView
    main: tuple[MenuItem, ...]
    footer: tuple[MenuColumn, ...]


def navigation_for_request(request: HttpRequest | None) -> Navigation:
    """What stands around the pages of the request's site and language; read once a request."""
    if request is None:
        return Navigation(SiteView(name=""), (), ())
    navigation = getattr(request, "_navigation", None)
    if navigation is None:
        navigation = _cached(request)
        request._navigation = navigation  # type: ignore[attr-defined]
    return navigation


def menu_marked(items: Iterable[MenuItem], path: str) -> tuple[MenuItem, ...]:
    """``items`` with those marked as current that lead to ``path`` or to what is below it."""
    return tuple(
        replace(
            item,
            is_current=_leads_to(item, path),
            children=tuple(
                replace(child, is_current=_leads_to(child, path))
                for child in item.children
            ),
        )
        for item in items
    )


def navigation_changed() -> None:
    """Forget all navigation when the current transaction has committed."""
    transaction.on_commit(_renew_version)


def _renew_version() -> None:
    cache.set(VERSION_KEY, uuid4().hex, None)


def _leads_to(item: MenuItem, path: str) -> bool:
    return item.url == path or (len(item.url) > 1 and path.startswith(item.url))


def _cached(request: HttpRequest) -> Navigation:
    site = site_for_request(request)
    context = shop_context_for_request(request)
    if site is None:
        return Navigation(SiteView(name=""), (), ())
    version = cache.get_or_set(VERSION_KEY, lambda: uuid4().hex, None)
    key = f"navigation:{version}:{site.pk}:{context.locale}"
    navigation = caches["local"].get(key)
    if navigation is None:
        navigation = navigation_read(site, context=context)
        caches["local"].set(key, navigation, CACHE_SECONDS)
    return navigation


# --- Read from the database -------------------------------------------------------------


def navigation_read(site: Site, *, context: ShopContext) -> Navigation:
    """The navigation of ``site`` in the context's language. About ten statements."""
    settings = SiteSettings.read(site)
    menus = _menus(site, context.locale)
    streams = [menu.entries for menu in menus] + [settings.legal_pages]
    mentions = mentions_of(*streams)
    terms_id = settings.terms_page_id
    pages = pages_fetch(mentions.pages | ({terms_id} if terms_id else set()))
    categories = category_links(mentions.categories, context=context)
    with prefetched_as(Prefetched(pages=pages)):
        columns = [
            (menu, _items(menu.entries, categories=categories)) for menu in menus
        ]
        view = _site_view(settings, terms=pages.get(terms_id))
    mains = [items for menu, items in columns if menu.place == Menu.Place.MAIN]
    return Navigation(
        site=view,
        main=mains[0] if mains else _default_menu(site, context),
        footer=tuple(
            MenuColumn(menu.title, items)
            for menu, items in columns
            if menu.place == Menu.Place.FOOTER
        ),
    )


def _menus(site: Site, language: str) -> list[Menu]:
    """The site's menus in ``language``, else those of its default language."""
    menus = list(Menu.objects.filter(site=site).select_related("locale"))
    translated = [menu for menu in menus if menu.locale.language_code == language]
    return translated or [
        menu for menu in menus if menu.locale_id == site.root_page.locale_id
    ]


def _items(
    entries: StreamValue, *, categories: Mapping[int, CategoryLink]
) -> tuple[MenuItem, ...]:
    """``entries`` that lead to a public page or to an address."""
    items = (
        _item(entry.block_type, entry.value, categories=categories) for entry in entries
    )
    return tuple(item for item in items if item is not None)


def _item(
    kind: str, value: Mapping[str, Any], *, categories: Mapping[int, CategoryLink]
) -> MenuItem | None:
    if kind == "link":
        target = (value["title"], value["address"])
    elif kind == "page":
        page = value["page"]
        target = (page.title, page.url) if page else ("", "")
    else:
        category = categories.get(value["category_id"])
        target = (category.name, category.url) if category else ("", "")
    title, url = target
    if not url or not link_is_safe(url):
        return None
    children = value.get("children")
    return MenuItem(
        title=value["title"] or title,
        url=url,
        children=_items(children, categories=categories) if children else (),
    )


def _site_view(settings: SiteSettings, *, terms: Page | None) -> SiteView:
    """``terms`` is the public page of the terms of sale."""
    legal_pages = [each.value for each in settings.legal_pages if each.value]
    if terms and terms not in legal_pages:
        legal_pages.append(terms)
    return SiteView(
        name=settings.shop_name,
        tagline=settings.tagline,
        contact_email=settings.contact_email,
        phone=settings.phone,
        address=settings.address,
        footer_text=settings.footer_text,
        social=tuple(
            LabelledLink(each.value["label"], each.value["url"])
            for each in settings.social
        ),
        legal_links=tuple(
            LabelledLink(page.title, page.url) for page in legal_pages if page.url
        ),
        terms_url=(terms.url or "") if terms else "",
        return_days=settings.return_days,
    )


def _default_menu(site: Site, context: ShopContext) -> tuple[MenuItem, ...]:
    """Without a menu of its own: the categories, then the pages below home that ask for it."""
    categories = tuple(
        MenuItem(
            category.name,
            category.url,
            tuple(MenuItem(child.name, child.url) for child in category.children),
        )
        for category in category_menu(context)
    )
    pages = home_of(site, context.locale).get_children().live().in_menu()
    return categories + tuple(MenuItem(page.title, page.url) for page in pages)
