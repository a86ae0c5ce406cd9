"""Wagtail's upload forms, with a look into the file."""

from django.core.exceptions import ValidationError
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from foundation.media.uploads import document_check, image_check


class LibraryImageField(WagtailImageField):
    def to_python(self, data):
        if data:
            image_check(data)
        try:
            return super().to_python(data)
        except (OSError, SyntaxError, ValueError) as error:  # met while decoding
            raise ValidationError(
                self.error_messages["invalid_image"], code="invalid_image"
            ) from error


class LibraryDocumentField(WagtailDocumentField):
    def to_python(self, data):
        file = super().to_python(data)
        if file is not None:
            document_check(file)
        return file


def _replaced(form: BaseImageForm | BaseDocumentForm, kind: type) -> None:
    """Put a field of ours in the place of Wagtail's, which forms without a file lack."""
    if field := form.fields.get("file"):
        form.fields["file"] = kind(
            label=field.label, required=field.required, widget=field.widget
        )


class LibraryImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _replaced(self, LibraryImageField)


class LibraryDocumentForm(BaseDocumentForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _replaced(self, LibraryDocumentField)
