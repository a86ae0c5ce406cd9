from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from catalogue.menu_version import category_menu_version
from catalogue.models import Category, Product, ProductCategory
from foundation.core.context import ShopContext
from foundation.media.images import ImageView, image_view

MENU_CACHE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class CategoryLink:
    """A category in a menu or as a tile."""

    id: int
    name: str
    url: str
    image: ImageView | None = None
    children: tuple[CategoryLink, ...] = ()

    @property
    def title(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category as its page shows it; ``description`` is HTML written by staff."""

    id: int
    name: str
    url: str
    description: str
    long_description: str
    meta_title: str
    meta_description: str
    image: ImageView | None


@dataclass(frozen=True, slots=True)
class CategoryDetail:
    """A category between its ancestors and its public children."""

    category: CategoryView
    breadcrumbs: list[Breadcrumb]
    subcategories: list[CategoryLink]
    path: str


def category_products(path: str) -> QuerySet[Product]:
    """Public products of the category at tree ``path`` and of the public ones below it."""
    return Product.objects.browsable().filter(
        Exists(
            ProductCategory.objects.filter(
                product=OuterRef("pk"),
                category__path__startswith=path,
                category__is_public=True,
                category__ancestors_are_public=True,
            )
        )
    )


def category_detail(pk: int) -> CategoryDetail:
    """The public category ``pk``. Two statements.

    Raises:
        Category.DoesNotExist: there is none, or it or an ancestor is hidden.
    """
    category = Category.objects.browsable().select_related("image").get(pk=pk)
    relatives = list(
        Category.objects.browsable()
        .filter(
            Q(path__in=ancestor_paths(category.path))
            | Q(path__startswith=category.path, depth=category.depth + 1)
        )
        .select_related("image")
        .order_by("path")
    )
    ancestors = [each for each in relatives if each.depth < category.depth]
    children = [each for each in relatives if each.depth > category.depth]
    trail = breadcrumb_trail([*ancestors, category])
    slug = full_slug([*ancestors, category])
    return CategoryDetail(
        category=_view(category, trail[-1].url),
        breadcrumbs=trail,
        subcategories=[
            category_link(child, f"{slug}/{child.slug}") for child in children
        ],
        path=category.path,
    )


def category_roots() -> list[CategoryLink]:
    """The public categories at the top, in tree order. One statement."""
    roots = Category.objects.browsable().filter(depth=1).select_related("image")
    return [category_link(root, root.slug) for root in roots.order_by("path")]


def category_menu(context: ShopContext) -> tuple[CategoryLink, ...]:
    """The tree of public categories that belong into menus, without images.

    From the cache; else one statement. A changed category is right at once:
    the key holds a version that every change counts up after its commit.
    """
    key = f"category-menu:{context.locale}:{category_menu_version()}"
    menu = caches["local"].get(key)
    if menu is None:
        menu = _menu()
        caches["local"].set(key, menu, MENU_CACHE_SECONDS)
    return menu


def category_links(
    ids: Iterable[int], *, context: ShopContext
) -> dict[int, CategoryLink]:
    """Links with images of the public categories among ``ids``, by id. Two statements."""
    wanted = list(
        Category.objects.browsable().filter(pk__in=list(ids)).select_related("image")
    )
    paths = {path for category in wanted for path in ancestor_paths(category.path)}
    slugs = dict(
        Category.objects.filter(path__in=paths).order_by().values_list("path", "slug")
    )
    return {
        category.pk: category_link(
            category,
            "/".join(
                [
                    *(slugs[path] for path in ancestor_paths(category.path)),
                    category.slug,
                ]
            ),
        )
        for category in wanted
    }


# --- Addresses --------------------------------------------------------------------


def ancestor_paths(path: str) -> list[str]:
    """Tree paths above ``path``, from the root downwards."""
    step = Category.steplen
    return [path[:end] for end in range(step, len(path), step)]


def full_slug(chain: list[Category]) -> str:
    return "/".join(category.slug for category in chain)


def category_url(pk: int, slug: str) -> str:
    return reverse("catalogue:category", kwargs={"category_slug": slug, "pk": pk})


def breadcrumb_trail(chain: list[Category]) -> list[Breadcrumb]:
    """Breadcrumbs of categories from a root downwards."""
    return [
        Breadcrumb(
            category.name, category_url(category.pk, full_slug(chain[: depth + 1]))
        )
        for depth, category in enumerate(chain)
    ]


def category_link(category: Category, slug: str) -> CategoryLink:
    return CategoryLink(
        id=category.pk,
        name=category.name,
        url=category_url(category.pk, slug),
        image=image_view(category.image) if category.image else None,
    )


def _view(category: Category, url: str) -> CategoryView:
    return CategoryView(
        id=category.pk,
        name=category.name,
        url=url,
        description=category.description,
        long_description=category.long_description,
        meta_title=category.meta_title or "",
        meta_description=category.meta_description or "",
        image=image_view(category.image) if category.image else None,
    )


def _menu() -> tuple[CategoryLink, ...]:
    rows = list(
        Category.objects.browsable()
        .order_by("path")
        .values_list("pk", "path", "name", "slug", "exclude_from_menu")
    )
    children: dict[str, list] = {}
    for row in rows:
        if not row[4]:
            children.setdefault(row[1][: -Category.steplen], []).append(row)

    def build(parent_path: str, prefix: str) -> tuple[CategoryLink, ...]:
        return tuple(
            CategoryLink(
                id=pk,
                name=name,
                url=category_url(pk, f"{prefix}{slug}"),
                children=build(path, f"{prefix}{slug}/"),
            )
            for pk, path, name, slug, _ in children.get(parent_path, [])
        )

    return build("", "")
