"""What a test needs of pages; each is live, under home unless ``parent`` says where."""

from __future__ import annotations

from datetime import date
from typing import Any

from wagtail.models import Page

from cms_pages.models import (
    ArticleIndexPage,
    ArticlePage,
    FormField,
    FormPage,
    HomePage,
    LandingPage,
    StandardPage,
)


def home_page() -> HomePage:
    """The home page that the migrations made."""
    return HomePage.objects.order_by("path")[0]


def page_make(model: type[Page], *, parent: Page | None = None, **fields: Any) -> Any:
    under = parent or home_page()
    under.refresh_from_db()
    return under.add_child(instance=model(**fields))


def standard_page(**fields: Any) -> StandardPage:
    return page_make(StandardPage, **({"title": "Delivery"} | fields))


def landing_page(**fields: Any) -> LandingPage:
    return page_make(LandingPage, **({"title": "Winter"} | fields))


def article_index(**fields: Any) -> ArticleIndexPage:
    return page_make(ArticleIndexPage, **({"title": "Journal"} | fields))


def article(**fields: Any) -> ArticlePage:
    """In an index of its own unless ``parent`` is one; ``tags`` are names."""
    tags = fields.pop("tags", [])
    parent = fields.pop("parent", None) or article_index()
    made = page_make(
        ArticlePage,
        parent=parent,
        **({"title": "A night out", "date": date(2026, 10, 4)} | fields),
    )
    if tags:
        made.tags.add(*tags)
        made.save()
    return made


def form_page(**fields: Any) -> FormPage:
    """Asks for a name, an e-mail and a message."""
    made = page_make(FormPage, **({"title": "Contact"} | fields))
    for position, (label, kind) in enumerate(
        [("Name", "singleline"), ("E-mail", "email"), ("Message", "multiline")]
    ):
        FormField.objects.create(
            page=made, label=label, field_type=kind, sort_order=position
        )
    return made
