from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

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
    content_panels = Page.content_panels + HeroMixin.hero_panels + BodyMixin.body_panels
    search_fields = (
        Page.search_fields + HeroMixin.hero_search_fields + BodyMixin.body_search_fields
    )

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_sharing_image(self):
        return self.social_image or self.hero_image

    def get_context(self, request, *args, **kwargs):
        from cms_pages.selectors import home_surroundings

        context = super().get_context(request, *args, **kwargs)
        return context | home_surroundings(self)

    def get_template(self, request, *args, **kwargs):
        """The first steps, while there is neither a word on the page nor a product."""
        from cms_pages.selectors import shop_is_empty

        if not self.body and not self.hero_title and shop_is_empty():
            return "cms_pages/first_steps.html"
        return super().get_template(request, *args, **kwargs)
