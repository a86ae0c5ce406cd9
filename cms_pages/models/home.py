from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from catalogue.models import Product
from cms_pages.models.base import BodyMixin, HeroMixin, SitePage


class HomePage(HeroMixin, BodyMixin, SitePage):
    """What stands at ``/`` (or ``/de/``)."""

    page_description = _("The first page of a site: an opening, then anything.")
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "cms_pages.ArticleIndexPage",
        "cms_pages.LandingPage",
        "cms_pages.StandardPage",
        "cms_pages.FormPage",
    ]
    shown_with = [*SitePage.shown_with, *HeroMixin.hero_shown_with]
    content_panels = Page.content_panels + HeroMixin.hero_panels + BodyMixin.body_panels
    search_fields = (
        Page.search_fields + HeroMixin.hero_search_fields + BodyMixin.body_search_fields
    )

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_sharing_image(self):
        return self.social_image or self.hero_image

    def get_template(self, request, *args, **kwargs):
        """The first steps, while there is neither a word on the page nor a product."""
        is_blank = not self.body and not self.hero_title
        if is_blank and not Product.objects.exists():
            return "cms_pages/first_steps.html"
        return super().get_template(request, *args, **kwargs)
