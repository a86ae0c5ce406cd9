from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.blocks import CharBlock, StreamBlock, StructBlock, URLBlock
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Site

from cms_pages.blocks.choosers import LinkedPageChooserBlock


class ProfileBlock(StructBlock):
    label = CharBlock(max_length=60, label=_("Name"))
    url = URLBlock(label=_("Address"))

    class Meta:
        icon = "link-external"
        label = _("Profile")


class SocialBlock(StreamBlock):
    profile = ProfileBlock()


class LegalPagesBlock(StreamBlock):
    page = LinkedPageChooserBlock(label=_("Page"))


@register_setting(icon="home")
class SiteSettings(BaseSiteSetting):
    """Who runs the shop and how to reach them, for each site."""

    name = models.CharField(
        _("name of the shop"),
        max_length=120,
        blank=True,
        help_text=_("Left empty, the name of the site is shown."),
    )
    tagline = models.CharField(
        _("tagline"),
        max_length=255,
        blank=True,
        help_text=_("One sentence; also shown by search engines."),
    )
    contact_email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.TextField(_("postal address"), blank=True)
    footer_text = models.TextField(_("text in the footer"), blank=True)
    social = StreamField(SocialBlock(), blank=True, verbose_name=_("profiles"))
    legal_pages = StreamField(
        LegalPagesBlock(),
        blank=True,
        verbose_name=_("legal pages"),
        help_text=_("Terms, privacy, imprint: linked at the foot of every page."),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("tagline")], heading=_("The shop")
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("contact_email"), FieldPanel("phone")]),
                FieldPanel("address"),
            ],
            heading=_("Contact"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("footer_text"),
                FieldPanel("legal_pages"),
                FieldPanel("social"),
            ],
            heading=_("Footer"),
        ),
    ]

    class Meta:
        verbose_name = _("shop: name, contact, footer")

    @property
    def shop_name(self) -> str:
        return self.name or self.site.site_name or settings.WAGTAIL_SITE_NAME

    @classmethod
    def read(cls, site: Site) -> Self:
        """Return the settings of ``site`` without saving them if there are none. One query."""
        found = cls.objects.filter(site=site).select_related("site").first()
        return found or cls(site=site)
