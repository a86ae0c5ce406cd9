"""Blocks made of pictures, and of what lies on other sites."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock, StructBlock, URLBlock

from cms_pages.blocks.choosers import LibraryImageChooserBlock
from cms_pages.blocks.text import ProseBlock
from foundation.media.models import LibraryImage


def sample_images(count: int) -> list[LibraryImage]:
    """The newest pictures of the library, for a block's preview."""
    return list(LibraryImage.objects.order_by("-pk")[:count])


class ImageBlock(StructBlock):
    image = LibraryImageChooserBlock(label=_("Picture"))
    caption = CharBlock(required=False, max_length=255, label=_("Caption"))

    def get_preview_value(self):
        image = next(iter(sample_images(1)), None)
        return self.normalize({"image": image, "caption": _("The workshop in March")})

    class Meta:
        label = _("Picture")
        icon = "image"
        group = _("Pictures")
        description = _("One picture, as wide as the page allows")
        template = "cms_pages/blocks/image.html"


class ImageWithTextBlock(StructBlock):
    image = LibraryImageChooserBlock(label=_("Picture"))
    text = ProseBlock(label=_("Text"))
    side = ChoiceBlock(
        [("start", _("Picture first")), ("end", _("Picture last"))],
        default="start",
        label=pgettext_lazy("of picture and text", "Order"),
    )

    def get_preview_value(self):
        text = _("<p>Every shade is turned by hand, so no two are alike.</p>")
        image = next(iter(sample_images(1)), None)
        return self.normalize({"image": image, "text": text, "side": "start"})

    class Meta:
        label = _("Picture with text")
        icon = "doc-full-inverse"
        group = _("Pictures")
        description = _("A picture and words beside it")
        template = "cms_pages/blocks/image_with_text.html"


class GalleryBlock(StructBlock):
    images = ListBlock(ImageBlock(), label=_("Pictures"))

    def get_preview_value(self):
        return self.normalize({"images": [{"image": one} for one in sample_images(3)]})

    class Meta:
        label = _("Gallery")
        icon = "image"
        group = _("Pictures")
        description = _("Several pictures side by side")
        template = "cms_pages/blocks/gallery.html"


class EmbedBlock(StructBlock):
    """A link to a film or a map elsewhere: no other host hears of the visitor before the click.

    Wagtail's own embed block would ask the other site for its player.
    """

    embed = URLBlock(label=_("Address"))
    caption = CharBlock(required=False, max_length=255, label=_("Caption"))

    class Meta:
        label = _("Film or map elsewhere")
        icon = "media"
        group = _("Pictures")
        description = _("Leads to another site, when the visitor wants to")
        template = "cms_pages/blocks/embed.html"
        preview_value = {
            "embed": "https://example.com/film",
            "caption": _("How a lantern is made"),
        }
