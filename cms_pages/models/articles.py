from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page, TranslatableMixin
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from cms_pages.models.base import BodyMixin, IntroductionMixin, SitePage


@register_snippet
class Author(TranslatableMixin, index.Indexed, models.Model):
    """Who writes articles; needs no log-in."""

    name = models.CharField(_("name"), max_length=120)
    biography = RichTextField(_("about"), blank=True, features=["bold", "link"])
    portrait = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("portrait"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    panels = [FieldPanel("name"), FieldPanel("portrait"), FieldPanel("biography")]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self):
        return self.name


class ArticleIndexPage(IntroductionMixin, SitePage):
    """Lists the articles below it, newest first."""

    page_description = _("A journal: lists the articles below it, newest first.")
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.ArticlePage"]
    content_panels = Page.content_panels + IntroductionMixin.introduction_panels
    search_fields = Page.search_fields + IntroductionMixin.introduction_search_fields

    class Meta:
        verbose_name = _("article index")
        verbose_name_plural = _("article indexes")


class ArticlePageTag(TaggedItemBase):
    content_object = ParentalKey(
        "cms_pages.ArticlePage", on_delete=models.CASCADE, related_name="tagged_items"
    )


class ArticlePage(IntroductionMixin, BodyMixin, SitePage):
    page_description = _("A story with a date and an author, and products in it.")
    parent_page_types = ["cms_pages.ArticleIndexPage"]
    subpage_types: list[str] = []
    shown_with = [*SitePage.shown_with, "author", "cover"]

    date = models.DateField(_("date"), default=timezone.localdate, db_index=True)
    author = models.ForeignKey(
        Author,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    cover = models.ForeignKey(
        "media.LibraryImage",
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Opens the article and stands for it in lists."),
    )
    tags = ClusterTaggableManager(
        through=ArticlePageTag, blank=True, verbose_name=_("tags")
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("date"), FieldPanel("author")]),
                FieldPanel("tags"),
                FieldPanel("cover"),
            ],
            heading=_("About the article"),
        ),
        *IntroductionMixin.introduction_panels,
        *BodyMixin.body_panels,
    ]
    search_fields = [
        *Page.search_fields,
        *IntroductionMixin.introduction_search_fields,
        *BodyMixin.body_search_fields,
        index.FilterField("date"),
        index.RelatedFields("author", [index.SearchField("name")]),
        index.RelatedFields("tags", [index.SearchField("name")]),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def get_sharing_image(self):
        return self.social_image or self.cover
