"""Wagtail's upload forms, with a look into the file, and an error where it can't be stored."""

import logging

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.collections import BaseCollectionMemberForm
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from foundation.media.places import place_forget
from foundation.media.services import file_delete_on_commit
from foundation.media.storage import StorageError
from foundation.media.uploads import document_check, image_check

logger = logging.getLogger(__name__)

NOT_STORED = _(
    "The file store does not take the file at the moment. Nothing was saved, and what you "
    "typed is still here: please choose the file again in some minutes."
)

NOT_KEPT = _("%(errors)s The file was not kept: please choose it again.")


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


class UploadForm(BaseCollectionMemberForm):
    """Puts the file into the storage as the last step of validation.

    So a store that refuses or does not answer is an error beside the field, and what was typed
    stays; Wagtail (8.0) would store the file while it saves, where there is no way back. Beside
    another error the file is refused as well: no browser sends it twice, and of many at once
    Wagtail would keep it among the public files, a document too, until somebody mends the other.
    A file that is replaced goes after the commit, as that of a deleted image does.
    """

    file_attributes: tuple[str, ...] = ("file",)
    """What choosing a file changes on the instance."""
    original_file: FieldFile | None

    def _post_clean(self):
        kept = self.instance.__dict__
        before = {name: kept[name] for name in self.file_attributes if name in kept}
        super()._post_clean()
        if "file" not in self.changed_data or "file" in self.errors:
            return
        if refusal := self._refusal():
            # Not by setattr(), which would look into the file, and so ask the store again.
            kept.update(before)
            self.add_error("file", refusal)

    def _refusal(self) -> ValidationError | None:
        """Why the file is not in the store; None where it is."""
        if self.errors:
            errors = " ".join(
                f"{self.fields[name].label}: {' '.join(messages)}"
                for name, messages in self.errors.items()
                if name in self.fields
            )
            return ValidationError(NOT_KEPT, "not_kept", {"errors": errors})
        try:
            self._store()
        except StorageError:
            logger.exception("An upload could not be stored.")
            return ValidationError(NOT_STORED, code="not_stored")
        return None

    def _store(self) -> None:
        content = self.instance.file.file
        self.instance.file.save(content.name, content, save=False)
        # What is asked of the file from now on is answered by the upload, not by the store.
        self.instance.file.file = content

    def save(self, commit=True):
        replaced = "file" in self.changed_data and self.original_file
        self.original_file = None  # else Wagtail deletes it before the commit
        instance = super().save(commit=commit)
        if commit and replaced:
            file_delete_on_commit(file=replaced)
        return instance


def _replaced(form: BaseImageForm | BaseDocumentForm, kind: type) -> None:
    """Put a field of ours in the place of Wagtail's, which forms without a file lack."""
    if field := form.fields.get("file"):
        form.fields["file"] = kind(
            label=field.label, required=field.required, widget=field.widget
        )


class LibraryImageForm(UploadForm, BaseImageForm):
    file_attributes = ("file", "width", "height")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _replaced(self, LibraryImageField)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data:
            place_forget(file)
        return file

    def save(self, commit=True):
        is_replaced = "file" in self.changed_data and self.instance.pk
        if is_replaced:
            self.instance.manifest = {}
        image = super().save(commit=commit)
        if is_replaced:
            image.renditions.all().delete()
        return image


class LibraryDocumentForm(UploadForm, BaseDocumentForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _replaced(self, LibraryDocumentField)
