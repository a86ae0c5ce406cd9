from django import forms
from wagtail.images.widgets import AdminImageChooser

from cms_pages.rich_text import RichTextArea

DESCRIPTION_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "hr"]
"""No links and pictures: the shop prints a description as it is stored, without Wagtail's expansion."""


def description_widget() -> RichTextArea:
    return RichTextArea(features=DESCRIPTION_FEATURES)


class PictureInput(forms.HiddenInput):
    """The number of a library image, drawn as the image; chosen by ``product_pictures.js``."""

    template_name = "backoffice/widgets/picture_input.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["chosen"] = AdminImageChooser().get_value_data(value or None)
        return context
