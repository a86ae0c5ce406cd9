from django import forms
from wagtail.images.widgets import AdminImageChooser

from cms_pages.rich_text import RichTextArea

DESCRIPTION_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "hr"]
"""No links and pictures: the shop prints a description as it is stored, without Wagtail's expansion."""


class DescriptionArea(RichTextArea):
    """Wagtail's editor, named by the label that ``form_field.html`` draws.

    Wagtail 8.0 ties a label to the hidden input only, not to the editor itself.
    """

    options: dict[str, object]

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, features=DESCRIPTION_FEATURES)

    def get_context(self, name, value, attrs):
        self.options = {**self.options, "ariaLabelledBy": f"{attrs['id']}-label"}
        return super().get_context(name, value, attrs)


class PictureInput(forms.HiddenInput):
    """The number of a library image, drawn as the image; chosen by ``product_pictures.js``."""

    template_name = "backoffice/widgets/picture_input.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["chosen"] = AdminImageChooser().get_value_data(value or None)
        return context
