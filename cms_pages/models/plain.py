"""Pages that are an opening and a body, nothing more."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms_pages.models.base import (
    BodyMixin,
    HeroMixin,
    IntroductionMixin,
    SitePage,
)


class LandingPage(HeroMixin, IntroductionMixin, BodyMixin, SitePage):
    page_description = _("For a season, a campaign or a theme: opens with a picture.")
    parent_page_types = ["cms_pages.HomePage", "cms_pages.LandingPage"]
    subpage_types = ["cms_pages.LandingPage", "cms_pages.StandardPage"]
    shown_with = [*SitePage.shown_with, *HeroMixin.hero_shown_with]
    content_panels = (
        Page.content_panels
        + HeroMixin.hero_panels
        + IntroductionMixin.introduction_panels
        + BodyMixin.body_panels
    )
    search_fields = (
        Page.search_fields
        + HeroMixin.hero_search_fields
        + IntroductionMixin.introduction_search_fields
        + BodyMixin.body_search_fields
    )

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")

    def get_sharing_image(self):
        return self.social_image or self.hero_image


class StandardPage(IntroductionMixin, BodyMixin, SitePage):
    page_description = _("Delivery, terms, about us: a title and a text.")
    parent_page_types = [
        "cms_pages.HomePage",
        "cms_pages.LandingPage",
        "cms_pages.StandardPage",
    ]
    subpage_types = ["cms_pages.StandardPage", "cms_pages.FormPage"]
    content_panels = (
        Page.content_panels
        + IntroductionMixin.introduction_panels
        + BodyMixin.body_panels
    )
    search_fields = (
        Page.search_fields
        + IntroductionMixin.introduction_search_fields
        + BodyMixin.body_search_fields
    )

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")
