from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField
from wagtail.models import TranslatableMixin

from cms_pages.blocks.menus import EntriesBlock


class Menu(TranslatableMixin, models.Model):
    """The main menu of a site in one language, or one column of its footer."""

    class Place(models.TextChoices):
        MAIN = "main", _("Main menu")
        FOOTER = "footer", _("Column of the footer")

    site = models.ForeignKey(
        "wagtailcore.Site",
        verbose_name=_("site"),
        on_delete=models.CASCADE,
        related_name="menus",
    )
    place = models.CharField(_("place"), max_length=10, choices=Place.choices)
    title = models.CharField(
        _("title"),
        max_length=80,
        blank=True,
        help_text=_("Stands above a column of the footer."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Columns stand in this order.")
    )
    entries = StreamField(EntriesBlock(), blank=True, verbose_name=_("entries"))

    panels = [
        FieldRowPanel([FieldPanel("site"), FieldPanel("place")]),
        FieldRowPanel([FieldPanel("title"), FieldPanel("position")]),
        FieldPanel("entries"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("menu")
        verbose_name_plural = _("menus")
        ordering = ["place", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "locale"],
                condition=models.Q(place="main"),
                name="one_main_menu",
                violation_error_message=_(
                    "This site has a main menu in this language already."
                ),
            )
        ]

    def __str__(self):
        return self.title or self.get_place_display()
