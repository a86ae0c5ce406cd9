"""What all pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.compat import HTTPMethod
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from cms_pages.blocks import BodyBlock
from cms_pages.lineage import Ancestor, ancestors
from cms_pages.slugs import HOME_DEPTH, slug_is_reserved
from foundation.core.html import validate_link

if TYPE_CHECKING:
    from foundation.media.models import LibraryImage


def slug_check(slug: str) -> None:
    """Raises ``ValidationError`` where ``slug``, right under home, belongs to the shop."""
    if slug_is_reserved(slug):
        raise ValidationError(
            {
                "slug": _(
                    "“%(slug)s” is an address of the shop itself. Choose another slug."
                )
                % {"slug": slug}
            },
            code="reserved",
        )


class SitePageForm(WagtailAdminPageForm):
    def clean(self):
        cleaned_data = super().clean()
        if self.parent_page is not None and self.parent_page.depth == HOME_DEPTH:
            try:
                slug_check(cleaned_data.get("slug") or "")
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned_data


class SitePage(Page):
    """A page of the shop, with what search engines and other sites show of it."""

    base_form_class = SitePageForm
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]

    social_image = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("picture for sharing"),
        help_text=_("Shown where the page is shared; at least 1200 × 630 pixels."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_indexed = models.BooleanField(
        _("may be found by search engines"),
        help_text=_("Off: the page asks search engines to leave it out."),
        default=True,
    )

    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("is_indexed"),
            ],
            heading=_("For search engines"),
        ),
        MultiFieldPanel([FieldPanel("social_image")], heading=_("For sharing")),
        MultiFieldPanel([FieldPanel("show_in_menus")], heading=_("For menus")),
    ]

    shown_with: ClassVar[list[str]] = ["social_image"]
    """Relations that are read with the page where it is shown, as for ``select_related``."""

    routed_lineage: tuple[Ancestor, ...] | None = None
    """The pages above and the page itself, where :mod:`cms_pages.routing` has found it."""

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.depth == HOME_DEPTH + 1:
            slug_check(self.slug)

    def get_view_restrictions(self):
        """Wagtail's (3 statements), unless routing has seen that there is none."""
        lineage = self.routed_lineage
        if lineage and not any(each.may_be_restricted for each in lineage):
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def get_lineage(self) -> tuple[Ancestor, ...]:
        """The pages above and the page itself; one statement where it was not routed (previews)."""
        if self.routed_lineage is None:
            found = ancestors(self.url_path)
            self.routed_lineage = tuple(Ancestor(**each) for each in found)
        return self.routed_lineage

    def get_sharing_image(self) -> LibraryImage | None:
        """What a shared link to the page shows."""
        return self.social_image


class BodyMixin(models.Model):
    """A body of blocks."""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    body_panels = [FieldPanel("body")]
    body_search_fields = [index.SearchField("body")]

    class Meta:
        abstract = True


class IntroductionMixin(models.Model):
    """Some plain sentences before the body, also shown where the page is listed."""

    introduction = models.TextField(
        _("introduction"),
        max_length=600,
        blank=True,
        help_text=_("One or two sentences; also shown in lists and search results."),
    )

    introduction_panels = [FieldPanel("introduction")]
    introduction_search_fields = [index.SearchField("introduction", boost=1.5)]

    class Meta:
        abstract = True


class HeroMixin(models.Model):
    """The opening of a page: a picture, a claim and one link."""

    hero_title = models.CharField(_("title"), max_length=160, blank=True)
    hero_text = models.TextField(_("text"), max_length=400, blank=True)
    hero_image = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    hero_link_label = models.CharField(_("text of the link"), max_length=60, blank=True)
    hero_link_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page it leads to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    hero_link_address = models.CharField(
        _("or address"),
        max_length=500,
        blank=True,
        validators=[validate_link],
        help_text=_("Such as /catalogue/ or https://example.com/"),
    )

    hero_panels = [
        MultiFieldPanel(
            [
                FieldPanel("hero_title"),
                FieldPanel("hero_text"),
                FieldPanel("hero_image"),
                FieldPanel("hero_link_label"),
                FieldPanel("hero_link_page"),
                FieldPanel("hero_link_address"),
            ],
            heading=_("Opening"),
        )
    ]
    hero_shown_with = ["hero_image", "hero_link_page"]
    hero_search_fields = [
        index.SearchField("hero_title"),
        index.SearchField("hero_text"),
    ]

    class Meta:
        abstract = True

    @property
    def hero_link_url(self) -> str:
        """Where the link leads, empty where nowhere; the page comes before the address."""
        page = self.hero_link_page
        if page is not None and page.live:
            return page.url or ""
        return self.hero_link_address
