import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page

from cms_pages import factories
from cms_pages.models import (
    ArticleIndexPage,
    ArticlePage,
    FormPage,
    HomePage,
    LandingPage,
    StandardPage,
)
from cms_pages.slugs import RESERVED_SLUGS
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db

CHILDREN = {
    HomePage: {ArticleIndexPage, LandingPage, StandardPage, FormPage},
    LandingPage: {LandingPage, StandardPage},
    ArticleIndexPage: {ArticlePage},
    ArticlePage: set(),
    StandardPage: {StandardPage, FormPage},
    FormPage: set(),
}


@pytest.mark.parametrize("model", CHILDREN, ids=lambda model: model.__name__)
def test_page_type_allows_exactly_these_children(model):
    assert set(model.allowed_subpage_models()) == CHILDREN[model]


def test_only_home_pages_stand_under_the_root():
    allowed = {
        model for model in CHILDREN if Page in model.allowed_parent_page_models()
    }

    assert allowed == {HomePage}


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS | {"de", "en-gb", "Basket"}))
def test_page_under_home_cannot_take_an_address_of_the_shop(home, slug):
    with pytest.raises(ValidationError, match="address of the shop") as error:
        factories.standard_page(slug=slug)

    assert set(error.value.message_dict) == {"slug"}
    assert not StandardPage.objects.exists()


def test_page_further_down_may_take_such_a_slug(home):
    parent = factories.standard_page(slug="help")

    page = factories.standard_page(parent=parent, slug="basket")

    assert page.url == "/help/basket/"


@pytest.fixture
def editor(client):
    user = User.objects.create_superuser(email="editor@example.com", password="secret")
    client.force_login(user)
    return client


def test_editor_says_at_the_slug_that_it_is_taken_by_the_shop(home, editor):
    url = reverse(
        "wagtailadmin_pages:add", args=["cms_pages", "articleindexpage", home.pk]
    )

    response = editor.post(url, {"title": "Search", "slug": "search"})

    assert response.status_code == 200
    assert "address of the shop" in response.context["form"].errors["slug"][0]
    assert not ArticleIndexPage.objects.exists()


def test_page_with_such_a_slug_cannot_be_moved_under_home(home, editor):
    parent = factories.standard_page(slug="help")
    page = factories.standard_page(parent=parent, slug="basket")

    editor.post(
        reverse("wagtailadmin_pages:move_confirm", args=[page.pk, home.pk]), follow=True
    )

    page.refresh_from_db()
    assert page.url_path == "/home/help/basket/"


def test_page_with_another_slug_is_moved_under_home(home, editor):
    parent = factories.standard_page(slug="help")
    page = factories.standard_page(parent=parent, slug="returns")

    editor.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, home.pk]))

    page.refresh_from_db()
    assert page.url_path == "/home/returns/"


def test_page_with_such_a_slug_cannot_be_copied_under_home(home, editor):
    parent = factories.standard_page(slug="help")
    page = factories.standard_page(parent=parent, slug="returns")

    response = editor.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {
            "new_title": "Search",
            "new_slug": "search",
            "new_parent_page": home.pk,
            "copy_subpages": "",
            "publish_copies": "",
            "alias": "",
        },
    )

    assert response.status_code == 302
    assert not StandardPage.objects.filter(slug="search").exists()


@pytest.mark.parametrize(
    "make",
    [
        factories.standard_page,
        factories.landing_page,
        factories.article_index,
        factories.article,
        factories.form_page,
    ],
)
def test_every_page_type_can_be_edited_and_previewed(home, editor, make):
    page = make()

    edit = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    preview = editor.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert edit.status_code == 200
    assert preview.status_code == 200
    assert page.title in preview.content.decode()


def test_slug_change_and_move_leave_redirects(
    home, client, django_capture_on_commit_callbacks
):
    index = factories.article_index(slug="journal")
    article = factories.article(parent=index, slug="old")
    with django_capture_on_commit_callbacks(execute=True):
        article.slug = "new"
        article.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        index.refresh_from_db()
        index.slug = "stories"
        index.save_revision().publish()

    first = client.get("/journal/old/")
    second = client.get("/journal/new/")

    assert (first.status_code, first.url) == (301, "/stories/new/")
    assert (second.status_code, second.url) == (301, "/stories/new/")


def test_structured_data_has_the_address_that_was_asked_for(client, home, settings):
    settings.ALLOWED_HOSTS = ["shop.example"]
    article = factories.article(parent=factories.article_index(), title="Wool")

    found = {}
    for page in (home, article):
        html = client.get(page.url, HTTP_HOST="shop.example:8080").content.decode()
        [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
        found |= json.loads(data)

    assert found["url"] == "http://shop.example:8080/"
    assert found["mainEntityOfPage"] == f"http://shop.example:8080{article.url}"
