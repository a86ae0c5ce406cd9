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


class CheckedFileMixin:
    """Puts our field in the place of Wagtail's, which forms without a file lack."""

    file_field: type

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = self.file_field(
                label=field.label, required=field.required, widget=field.widget
            )


class LibraryImageForm(CheckedFileMixin, BaseImageForm):
    file_field = LibraryImageField


class LibraryDocumentForm(CheckedFileMixin, BaseDocumentForm):
    file_field = LibraryDocumentField
