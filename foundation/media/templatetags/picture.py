from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.translation import gettext as _

from foundation.media.images import ImageView, image_view
from foundation.media.models import LibraryImage

register = template.Library()


@register.simple_tag
def picture(
    image: ImageView | LibraryImage | None,
    sizes: str = "100vw",
    *,
    alt: str | None = None,
    priority: bool = False,
    css_class: str = "picture",
):
    """``<img>`` with all ready widths; a neutral placeholder where there is no image.

    ``priority`` is for the one image that the first view of a page is measured by.
    """
    if image is None:
        return format_html(
            '<span class="{} picture--missing" role="img" aria-label="{}"></span>',
            css_class,
            alt or _("No picture yet"),
        )
    view = image_view(image, alt=alt) if isinstance(image, LibraryImage) else image
    attributes = {
        "class": css_class,
        "src": view.url,
        "srcset": view.srcset,
        "sizes": sizes,
        "width": view.width,
        "height": view.height,
        "alt": view.alt if alt is None else alt,
    }
    if priority:
        attributes["fetchpriority"] = "high"
    else:
        attributes |= {"loading": "lazy", "decoding": "async"}
    return format_html("<img{}>", flatatt(attributes))
