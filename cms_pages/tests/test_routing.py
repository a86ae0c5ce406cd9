import pytest
from django.test import RequestFactory
from wagtail.models import Locale, PageViewRestriction, Site

from cms_pages import factories
from cms_pages.models import ArticlePage, HomePage
from cms_pages.routing import page_find
from cms_pages.selectors import article_tags, related_articles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", "Home"),
        ("help/", "Help"),
        ("help/returns/", "Returns"),
        ("returns/", None),
        ("help/returns/none/", None),
        ("help//returns/", "Returns"),
        ("HELP/", None),
        ("hel%/", None),
        ("h\0lp/", None),
    ],
)
def test_page_is_found_by_its_whole_path(home, path, found):
    parent = factories.standard_page(title="Help")
    factories.standard_page(parent=parent, title="Returns")

    page = page_find(RequestFactory().get("/"), path)

    assert (page and page.title) == found


def test_page_comes_as_its_own_type_in_two_statements(home, django_assert_num_queries):
    article = factories.article(introduction="Frost")
    path = article.url.lstrip("/")
    page_find(RequestFactory().get("/"), path)

    with django_assert_num_queries(2):
        page = page_find(RequestFactory().get("/"), path)
        assert isinstance(page, ArticlePage)
        assert page.introduction == "Frost"
        titles = [each.title for each in page.get_lineage()]
        assert titles == ["Root", "Home", "Journal", "A night out"]


def test_draft_is_not_found(home, client):
    page = factories.standard_page(title="Draft", live=False)

    assert client.get(f"/{page.slug}/").status_code == 404


def test_unpublished_changes_stay_unseen(home, client):
    page = factories.standard_page(title="As published")
    page.title = "As drafted"
    page.save_revision()

    assert "As drafted" not in client.get(page.url).content.decode()


def test_articles_of_most_common_tags_come_next_then_newest(home):
    index = factories.article_index()
    article = factories.article(parent=index, tags=["wool", "tent"])
    newest = factories.article(parent=index, title="Newest", date="2026-11-01")
    one = factories.article(parent=index, title="One", tags=["wool"])
    both = factories.article(parent=index, title="Both", tags=["wool", "tent"])
    factories.article(parent=index, title="Oldest", date="2020-01-01")
    factories.article(parent=index, title="Draft", tags=["wool"], live=False)

    titles = [each.title for each in related_articles(article)]

    assert titles == [both.title, one.title, newest.title]


def test_tags_of_an_article_lead_into_its_index(home):
    article = factories.article(tags=["wool", "frost"])

    tags = [(tag.name, tag.url) for tag in article_tags(article)]

    assert tags == [("frost", "/journal/?tag=frost"), ("wool", "/journal/?tag=wool")]


# --- Restricted pages -------------------------------------------------------------


@pytest.fixture
def restricted(home):
    parent = factories.standard_page(title="Trade")
    child = factories.standard_page(
        parent=parent, title="Prices", introduction="Secret sum"
    )
    PageViewRestriction.objects.create(
        page=parent, restriction_type="password", password="swordfish"
    )
    return child


def test_restriction_of_a_page_above_holds(client, restricted):
    response = client.get(restricted.url)

    assert "Secret sum" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_restriction_of_the_root_holds(client, home):
    PageViewRestriction.objects.create(page=home.get_parent(), restriction_type="login")

    response = client.get("/")

    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/"


def test_password_opens_a_restricted_page(client, restricted):
    form = client.get(restricted.url)
    client.post(
        form.context["action_url"],
        {"password": "swordfish", "return_url": restricted.url},
    )

    response = client.get(restricted.url)

    assert "Secret sum" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_alias_takes_the_restriction_of_its_source(client, home, restricted):
    alias = restricted.create_alias(parent=home, update_slug="copy")
    PageViewRestriction.objects.create(page=restricted, restriction_type="login")

    response = client.get(alias.url)

    assert "Secret sum" not in response.content.decode()


def test_restricted_article_is_listed_nowhere(client, home):
    index = factories.article_index()
    article = factories.article(parent=index, title="Members only")
    factories.article(parent=index, title="For all")
    PageViewRestriction.objects.create(page=article, restriction_type="login")

    for path in (index.url, "/", f"{index.url}for-all/"):
        assert "Members only" not in client.get(path).content.decode()


# --- Languages and sites ------------------------------------------------------------


def test_each_language_has_its_own_home(home, client):
    german = Locale.objects.get_or_create(language_code="de")[0]
    translated = home.copy_for_translation(german)
    translated.hero_title = "Willkommen"
    translated.save_revision().publish()

    english, german_page = client.get("/"), client.get("/de/")

    assert "Welcome" in english.content.decode()
    assert "Willkommen" in german_page.content.decode()


def test_link_in_text_leads_to_the_page_in_the_language_of_the_reader(home, client):
    german = Locale.objects.get_or_create(language_code="de")[0]
    translated_home = home.copy_for_translation(german)
    translated_home.save_revision().publish()
    target = factories.standard_page(title="Care", slug="care")
    translated = target.copy_for_translation(german)
    translated.slug = "pflege"
    translated.save_revision().publish()
    link = f'<p><a linktype="page" id="{target.pk}">Care</a></p>'
    translated_home.refresh_from_db()
    translated_home.hero_title = "Willkommen"
    translated_home.body = [("rich_text", link)]
    translated_home.save_revision().publish()

    html = client.get("/de/").content.decode()

    assert '<a href="/de/pflege/">' in html


def test_other_host_shows_its_own_site(home, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    root = home.get_parent()
    second = root.add_child(
        instance=HomePage(title="Second", slug="second", hero_title="Night market")
    )
    Site.objects.create(hostname="night.example", root_page=second)

    html = client.get("/", headers={"host": "night.example"}).content.decode()

    assert "Night market" in html
    assert "Welcome" in client.get("/").content.decode()


# --- Without cookies ------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        factories.home_page,
        factories.standard_page,
        factories.landing_page,
        factories.article_index,
        factories.article,
        factories.form_page,
    ],
    ids=["home", "standard", "landing", "index", "article", "form"],
)
def test_page_sets_no_cookie_and_depends_on_none(home, client, make):
    response = client.get(make().url)

    assert response.status_code == 200
    assert response.cookies == {}
    assert "cookie" not in response.get("Vary", "").lower()
