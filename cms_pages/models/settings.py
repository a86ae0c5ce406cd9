from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.blocks import CharBlock, StreamBlock, StructBlock, URLBlock
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Site

from cms_pages.blocks.choosers import LinkedPageChooserBlock

LEGAL_RETURN_DAYS = 14
"""How long shoppers may withdraw from a purchase (Directive 2011/83/EU, Article 9)."""


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
    terms_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("terms of sale"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Linked in the footer and beside the button that places an order."),
    )
    return_days = models.PositiveSmallIntegerField(
        _("days for returns"),
        default=LEGAL_RETURN_DAYS,
        db_default=LEGAL_RETURN_DAYS,
        validators=[MinValueValidator(LEGAL_RETURN_DAYS)],
        help_text=_(
            "How long shoppers may send everything back after delivery. "
            "The law of the European Union gives them at least 14 days."
        ),
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
            [FieldPanel("terms_page"), FieldPanel("return_days")],
            heading=_("Sale"),
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
        verbose_name = _("shop: name, contact, sale, footer")

    @property
    def shop_name(self) -> str:
        return self.name or self.site.site_name or settings.WAGTAIL_SITE_NAME

    @classmethod
    def read(cls, site: Site) -> Self:
        """Return the settings of ``site`` without saving them if there are none. One query."""
        found = cls.objects.filter(site=site).select_related("site").first()
        return found or cls(site=site)
