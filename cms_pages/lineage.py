"""The pages above a page: for breadcrumbs, and to know whether one of them is restricted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction


@dataclass(frozen=True, slots=True)
class Crumb:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A page on the way from Wagtail's root down to a page, itself the last."""

    title: str
    url_path: str
    is_alias: bool
    is_restricted: bool

    @property
    def may_be_restricted(self) -> bool:
        """An alias takes the restrictions of its source: Wagtail has to look."""
        return self.is_restricted or self.is_alias


def ancestors(url_path: str) -> QuerySet:
    """The fields of each :class:`Ancestor` of the page at ``url_path``, the root first."""
    restrictions = PageViewRestriction.objects.filter(page=OuterRef("pk"))
    return (
        Page.objects.filter(url_path__in=_above(url_path))
        .order_by("path")
        .values_list(
            JSONObject(
                title="title",
                url_path="url_path",
                is_alias=Q(alias_of__isnull=False),
                is_restricted=Exists(restrictions),
            ),
            flat=True,
        )
    )


def breadcrumbs(lineage: tuple[Ancestor, ...]) -> list[Crumb]:
    """From below home down to the page itself; none on home."""
    _root, *pages = lineage
    if not pages:
        return []
    home = len(pages[0].url_path)
    return [
        Crumb(each.title, reverse("wagtail_serve", args=(each.url_path[home:],)))
        for each in pages[1:]
    ]


def _above(url_path: str) -> list[str]:
    """``/home/a/b/`` → ``/``, ``/home/``, ``/home/a/``, ``/home/a/b/``."""
    parts = [f"{segment}/" for segment in url_path.split("/") if segment]
    return ["/" + "".join(parts[:length]) for length in range(len(parts) + 1)]
