"""The shapes in which the pages of the demo shop are described."""

from dataclasses import dataclass
from typing import Any

from .specs import SceneSpec

Block = tuple[str, Any]


@dataclass(frozen=True)
class FormFieldSpec:
    """A field of a form page; `type` in the words of Wagtail's form builder."""

    label: str
    type: str
    required: bool = True
    choices: tuple[str, ...] = ()
    help_text: str = ""


@dataclass(frozen=True)
class PageSpec:
    """A page. `kind`: home, landing, article-index, article, standard or form.

    Articles stand below the index, all others below home.

    `body` is a tuple of (block name, value). Targets of calls to action are "category:<slug>",
    "page:<slug>" or "article:<slug>". A scene or product picture in a value is a SceneSpec or an ImageSpec.
    """

    kind: str
    slug: str
    title: str
    intro: str
    body: tuple[Block, ...]
    cover: SceneSpec | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    days_ago: int = 0
    form_fields: tuple[FormFieldSpec, ...] = ()


@dataclass(frozen=True)
class AuthorSpec:
    """Somebody who writes in the journal."""

    name: str
    bio: str


@dataclass(frozen=True)
class SiteSpec:
    """The site's settings; menus as (label, target), targets as in `PageSpec`."""

    name: str
    tagline: str
    email: str
    phone: str
    address: str
    footer_text: str
    social: tuple[tuple[str, str], ...]
    main_menu: tuple[tuple[str, str], ...]
    footer_menu: tuple[tuple[str, str], ...]
    legal_menu: tuple[tuple[str, str], ...]
