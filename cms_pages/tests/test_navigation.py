import pytest
from django.core.cache import cache
from django.test import RequestFactory
from wagtail.models import Locale, Site

from catalogue.factories import CategoryFactory
from cms_pages import factories
from cms_pages.models import Menu, SiteSettings
from cms_pages.navigation import (
    MenuItem,
    menu_marked,
    navigation_for_request,
    navigation_read,
)
from foundation.core.context import shop_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(home):
    return Site.objects.get()


def menu_make(site, *entries, place=Menu.Place.MAIN, **fields):
    return Menu.objects.create(site=site, place=place, entries=list(entries), **fields)


def read(site):
    return navigation_read(site, context=shop_context())


def shown(path="/"):
    return navigation_for_request(RequestFactory().get(path))


def test_menu_mixes_pages_categories_and_links(site):
    page = factories.standard_page(title="About us")
    category = CategoryFactory(name="Lighting")
    lamps = CategoryFactory(name="Lamps", parent=category)
    menu_make(
        site,
        (
            "category",
            {
                "category_id": category.pk,
                "title": "Light",
                "children": [
                    ("category", {"category_id": lamps.pk, "title": ""}),
                    ("link", {"title": "Sale", "address": "/offers/"}),
                ],
            },
        ),
        ("page", {"page": page, "title": "", "children": []}),
        ("link", {"title": "Elsewhere", "address": "https://example.com/"}),
    )

    light, about, elsewhere = read(site).main

    assert light.title == "Light"
    assert light.url == category.get_absolute_url()
    assert [child.title for child in light.children] == ["Lamps", "Sale"]
    assert light.children[0].url == lamps.get_absolute_url()
    assert (about.title, about.url) == ("About us", "/about-us/")
    assert elsewhere.url == "https://example.com/"


def test_entries_that_lead_to_nothing_public_are_left_out(site):
    draft = factories.standard_page(title="Draft", live=False)
    hidden = CategoryFactory(name="Hidden", is_public=False)
    menu_make(
        site,
        ("page", {"page": draft, "title": "Draft", "children": []}),
        ("category", {"category_id": hidden.pk, "title": "Hidden", "children": []}),
        ("category", {"category_id": 10**6, "title": "Gone", "children": []}),
    )

    assert read(site).main == ()


def test_without_a_menu_categories_and_pages_that_ask_for_it_stand_there(site):
    category = CategoryFactory(name="Lighting")
    CategoryFactory(name="Lamps", parent=category)
    factories.standard_page(title="About us", show_in_menus=True)
    factories.standard_page(title="Imprint")

    items = read(site).main

    assert [item.title for item in items] == ["Lighting", "About us"]
    assert [child.title for child in items[0].children] == ["Lamps"]


def test_footer_has_columns_in_their_order(site):
    link = ("link", {"title": "Returns", "address": "/returns/", "children": []})
    menu_make(site, link, place=Menu.Place.FOOTER, title="Second", position=2)
    menu_make(site, link, place=Menu.Place.FOOTER, title="First", position=1)

    columns = read(site).footer

    assert [column.title for column in columns] == ["First", "Second"]
    assert columns[0].items == (MenuItem("Returns", "/returns/"),)


def test_menu_of_the_language_goes_before_that_of_the_site(site):
    german = Locale.objects.get_or_create(language_code="de")[0]
    menu_make(site, ("link", {"title": "Help", "address": "/help/", "children": []}))
    menu_make(
        site,
        ("link", {"title": "Hilfe", "address": "/de/hilfe/", "children": []}),
        locale=german,
    )

    from django.utils.translation import override

    with override("de"):
        titles = [item.title for item in read(site).main]

    assert titles == ["Hilfe"]
    assert [item.title for item in read(site).main] == ["Help"]


def test_settings_say_who_runs_the_shop(site):
    terms = factories.standard_page(title="Terms")
    draft = factories.standard_page(title="Privacy", live=False)
    SiteSettings.objects.create(
        site=site,
        name="Hearth & Heath",
        phone="+44 20 7946 0000",
        legal_pages=[("page", terms), ("page", draft)],
        social=[("profile", {"label": "Mastodon", "url": "https://example.com/@h"})],
    )

    shop = read(site).site

    assert shop.name == "Hearth & Heath"
    assert [(link.label, link.url) for link in shop.legal_links] == [
        ("Terms", "/terms/")
    ]
    assert shop.social[0].label == "Mastodon"


def test_reading_writes_nothing(site):
    read(site)

    assert not SiteSettings.objects.exists()


def test_current_entry_is_marked_without_a_query(django_assert_num_queries):
    items = (
        MenuItem("Help", "/help/", (MenuItem("Returns", "/help/returns/"),)),
        MenuItem("Home", "/"),
        MenuItem("Other", "/helper/"),
    )

    with django_assert_num_queries(0):
        marked = menu_marked(items, "/help/returns/")

    assert [item.is_current for item in marked] == [True, False, False]
    assert marked[0].children[0].is_current


def test_navigation_comes_from_the_cache(site, django_assert_num_queries):
    shown()

    with django_assert_num_queries(0):
        again = shown("/elsewhere/")

    assert again.site.name


def _page_published(site):
    page = factories.standard_page(title="News", show_in_menus=True, live=False)
    page.save_revision().publish()
    return "News"


def _page_renamed(site):
    page = factories.standard_page(title="Old name", show_in_menus=True)
    page.title = "New name"
    page.save_revision().publish()
    return "New name"


def _category_made(site):
    CategoryFactory(name="Garden")
    return "Garden"


def _menu_made(site):
    menu_make(site, ("link", {"title": "Made", "address": "/made/", "children": []}))
    return "Made"


@pytest.mark.parametrize(
    "change", [_page_published, _page_renamed, _category_made, _menu_made]
)
def test_change_shows_at_once(site, change, django_capture_on_commit_callbacks):
    shown()
    with django_capture_on_commit_callbacks(execute=True):
        title = change(site)

    assert title in [item.title for item in shown().main]


def test_unpublished_page_leaves_the_menu_at_once(
    site, django_capture_on_commit_callbacks
):
    page = factories.standard_page(title="News", show_in_menus=True)
    assert "News" in [item.title for item in shown().main]
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()

    assert shown().main == ()


def test_reader_that_began_before_a_change_cannot_put_back_what_was(
    site, django_capture_on_commit_callbacks, monkeypatch
):
    """The change commits while the old state is being read."""
    import cms_pages.navigation as module

    real = module.navigation_read

    def slow(*args, **kwargs):
        before = real(*args, **kwargs)
        with django_capture_on_commit_callbacks(execute=True):
            _menu_made(site)
        return before

    monkeypatch.setattr(module, "navigation_read", slow)
    shown()
    monkeypatch.setattr(module, "navigation_read", real)

    assert [item.title for item in shown().main] == ["Made"]


def test_lost_version_does_not_bring_back_old_navigation(
    site, django_capture_on_commit_callbacks
):
    shown()
    with django_capture_on_commit_callbacks(execute=True):
        _menu_made(site)
    cache.delete("navigation-version")

    assert [item.title for item in shown().main] == ["Made"]


def test_chosen_terms_are_linked_once_in_the_footer(site):
    terms = factories.standard_page(title="Terms of sale")
    privacy = factories.standard_page(title="Privacy")
    settings = SiteSettings.objects.create(
        site=site,
        terms_page=terms,
        return_days=30,
        legal_pages=[("page", privacy)],
    )

    shop = read(site).site

    assert (shop.terms_url, shop.return_days) == ("/terms-of-sale/", 30)
    assert [(link.label, link.url) for link in shop.legal_links] == [
        ("Privacy", "/privacy/"),
        ("Terms of sale", "/terms-of-sale/"),
    ]

    settings.legal_pages = [("page", terms), ("page", privacy)]
    settings.save()
    assert [link.label for link in read(site).site.legal_links] == [
        "Terms of sale",
        "Privacy",
    ]


def test_terms_that_are_not_public_are_not_linked(site):
    draft = factories.standard_page(title="Draft", live=False)
    SiteSettings.objects.create(site=site, terms_page=draft)

    shop = read(site).site

    assert (shop.terms_url, shop.legal_links, shop.return_days) == ("", (), 14)


def test_footer_links_the_offers(client, site):
    assert 'href="/offers/"' in client.get("/").content.decode()
