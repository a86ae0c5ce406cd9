"""The editorial side: settings, menus, authors and pages with their blocks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from django.db import transaction
from oscar.core.loading import get_model
from wagtail.models import Page, Site

from catalogue.models import Category
from cms_pages.models import (
    ArticleIndexPage,
    ArticlePage,
    Author,
    FormField,
    FormPage,
    HomePage,
    LandingPage,
    Menu,
    SiteSettings,
    StandardPage,
)
from foundation.core import clock
from foundation.media.models import LibraryImage
from storefront.demo.content import Block, DemoContent, PageSpec, SiteSpec

Product = get_model("catalogue", "Product")

KINDS: dict[str, type[Page]] = {
    "landing": LandingPage,
    "article-index": ArticleIndexPage,
    "article": ArticlePage,
    "standard": StandardPage,
    "form": FormPage,
}
BLOCK_IDS = uuid.UUID("6f9d8a52-7c53-4b11-9d0e-0c8c3a4f1b77")
HERO_LABEL = "See everything"


@dataclass(frozen=True)
class Known:
    """What blocks refer to, by the names that specs use."""

    images: dict[str, LibraryImage]
    categories: dict[str, int]
    products: dict[str, int]
    pages: dict[str, int]

    def link(self, target: str) -> list[dict]:
        """A link block's value for "category:…", "page:…", "article:…" or "product:…"."""
        kind, _, name = target.partition(":")
        by_name = {
            "category": ("category", self.categories),
            "product": ("product", self.products),
        }
        block, pks = by_name.get(kind, ("page", self.pages))
        return [_item(block, pks[name])] if name in pks else []


def pages_seed(
    content: DemoContent,
    images: dict[str, LibraryImage],
    progress: Callable[[int, int], None],
) -> None:
    """Make what is missing of ``content``; pages are known by their slugs below home."""
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    home = HomePage.objects.get(pk=site.root_page_id)
    with transaction.atomic():
        authors = {
            spec.name: Author.objects.get_or_create(
                name=spec.name, defaults={"biography": f"<p>{escape(spec.bio)}</p>"}
            )[0]
            for spec in content.authors
        }
        made = _make_pages(content, home, authors, images)
    known = Known(
        images=images,
        categories=dict(Category.objects.values_list("slug", "pk")),
        products=dict(Product.objects.exclude(upc=None).values_list("upc", "pk")),
        pages=dict(home.get_descendants().values_list("slug", "pk")),
    )
    for done, (page, spec) in enumerate(made, 1):
        with transaction.atomic():
            _fill(page, spec, known)
        progress(done, len(made))
    with transaction.atomic():
        _seed_site(site, content.site, known)


def _make_pages(
    content: DemoContent, home: HomePage, authors: dict, images: dict
) -> list[tuple[Page, PageSpec]]:
    """The pages that were not there yet, still without body."""
    made: list[tuple[Page, PageSpec]] = []
    known = {page.slug: page for page in home.get_descendants()}
    index: Page = home  # until the journal has come
    for spec in content.pages:
        if spec.kind == "home":
            if not home.body:
                made.append((home, spec))
            continue
        page = known.get(spec.slug)
        if page is None:
            page = KINDS[spec.kind](title=spec.title, slug=spec.slug)
            if spec.kind == "article":
                page.date = (clock.now() - timedelta(days=spec.days_ago)).date()
                page.author = authors.get(spec.author)
                page.cover = images[spec.cover.key] if spec.cover else None
            if spec.kind in {"standard", "article-index"}:
                page.show_in_menus = True
            (index if spec.kind == "article" else home).add_child(instance=page)
            made.append((page, spec))
        if spec.kind == "article-index":
            index = page
    return made


def _fill(page: Page, spec: PageSpec, known: Known) -> None:
    page = page.specific
    page.title = page.draft_title = spec.title
    page.search_description = spec.intro
    if spec.kind == "form":
        page.introduction = f"<p>{escape(spec.intro)}</p>"
        page.thank_you_text = "<p>Thank you. Somebody will write back within a day.</p>"
        page.form_fields = [
            FormField(
                sort_order=order,
                label=field.label,
                field_type=field.type,
                required=field.required,
                choices="\n".join(field.choices),
                help_text=field.help_text,
            )
            for order, field in enumerate(spec.form_fields)
        ]
    elif hasattr(page, "introduction"):
        page.introduction = spec.intro
    if hasattr(page, "hero_title"):
        page.hero_title = spec.title
        page.hero_text = spec.intro
        page.hero_image = known.images[spec.cover.key] if spec.cover else None
    if spec.kind == "home":
        page.hero_link_label, page.hero_link_address = HERO_LABEL, "/catalogue/"
    if hasattr(page, "body"):
        page.body = json.dumps(stream(spec.body, known))
    if spec.kind == "article":
        page.tags.set(spec.tags)
    page.save_revision().publish()


def stream(blocks: tuple[Block, ...] | list[Block], known: Known) -> list[dict]:
    """The blocks as StreamField stores them."""
    return [_item(name, _value(name, value, known)) for name, value in blocks]


def _value(name: str, value, known: Known):
    makers = {
        "image": lambda: value | {"image": known.images[value["image"].key].pk},
        "image_with_text": lambda: (
            value | {"image": known.images[value["image"].key].pk}
        ),
        "gallery": lambda: {
            "images": _list(
                {"image": known.images[spec.key].pk, "caption": ""} for spec in value
            )
        },
        "faq": lambda: {"title": "", "items": _list(value)},
        "table": lambda: {"caption": "", "table": _table(value)},
        "call_to_action": lambda: {
            "title": value["title"],
            "text": f"<p>{escape(value['text'])}</p>",
            "label": value["label"],
            "link": known.link(value["target"]),
            "style": "strong",
        },
        "columns": lambda: {
            "columns": _list({"body": stream(column, known)} for column in value)
        },
        "product_card": lambda: {"product_id": known.products[value], "note": ""},
        "product_grid": lambda: {
            "title": value["title"],
            "product_ids": _list(known.products[upc] for upc in value["upcs"]),
            "category_id": None,
            "limit": len(value["upcs"]),
            "layout": "grid",
        },
    }
    return makers[name]() if name in makers else value


def _table(rows: list[list[str]]) -> dict:
    head, *body = rows
    return {
        "columns": [{"type": "text", "heading": heading} for heading in head],
        "rows": [{"values": row} for row in body],
        "caption": "",
    }


def _item(block: str, value) -> dict:
    name = f"{block} {json.dumps(value)}"
    return {"type": block, "value": value, "id": str(uuid.uuid5(BLOCK_IDS, name))}


def _list(values) -> list[dict]:
    return [_item("item", value) for value in values]


def _seed_site(site: Site, spec: SiteSpec, known: Known) -> None:
    if Menu.objects.filter(site=site).exists():
        return
    Site.objects.filter(pk=site.pk).update(site_name=spec.name)
    settings = SiteSettings.for_site(site)
    settings.name = spec.name
    settings.tagline = spec.tagline
    settings.contact_email = spec.email
    settings.phone = spec.phone
    settings.address = spec.address
    settings.footer_text = spec.footer_text
    settings.social = json.dumps(
        [_item("profile", {"label": label, "url": url}) for label, url in spec.social]
    )
    settings.legal_pages = json.dumps(
        [
            _item("page", known.pages[target.partition(":")[2]])
            for _, target in spec.legal_menu
            if target.partition(":")[2] in known.pages
        ]
    )
    settings.terms_page_id = known.pages.get("terms")
    settings.save()
    _make_menu(site, Menu.Place.MAIN, "", spec.main_menu, known)
    _make_menu(site, Menu.Place.FOOTER, spec.name, spec.footer_menu, known)


def _make_menu(
    site: Site,
    place: str,
    title: str,
    entries: tuple[tuple[str, str], ...],
    known: Known,
) -> None:
    blocks = []
    for label, target in entries:
        kind, _, name = target.partition(":")
        if kind == "category":
            category = Category.objects.get(pk=known.categories[name])
            below = [
                _item("category", {"category_id": child.pk, "title": ""})
                for child in category.get_children().filter(is_public=True)
            ]
            value = {"category_id": category.pk, "title": label, "children": below}
            blocks.append(_item("category", value))
        elif name in known.pages:
            value = {"page": known.pages[name], "title": label, "children": []}
            blocks.append(_item("page", value))
    Menu.objects.create(site=site, place=place, title=title, entries=json.dumps(blocks))
