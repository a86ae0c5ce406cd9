"""The one image and file library of the shop."""

import logging
import posixpath

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition

from foundation.core.breaker import CircuitBreaker
from foundation.media.metrics import rendition_measured
from foundation.media.storage import StorageError, private_storage

STORE_REST_SECONDS = 10.0

logger = logging.getLogger(__name__)
_store = CircuitBreaker(STORE_REST_SECONDS)


class LibraryImage(AbstractImage):
    """An image with a manifest of its ready renditions, so that drawing it costs no query.

    ``manifest`` maps a width in pixels (as a string) to
    ``{"name": storage name, "width": px, "height": px}``; written by
    :func:`foundation.media.services.renditions_make` alone.
    """

    manifest = models.JSONField(default=dict, blank=True, editable=False)

    admin_form_fields = (
        "title",
        "file",
        "description",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_image", "Can choose image")]

    def get_rendition(self, filter):  # noqa: A002  # Wagtail's name
        """Made now, should it be missing; the original where the store fails.

        Only the back office draws so: shoppers' pages take the manifest.
        """
        try:
            return super().get_rendition(filter)
        except StorageError as error:
            spec = getattr(filter, "spec", filter)
            logger.warning("Image %s has no %s: %s", self.pk, spec, error)
            return self._original_as(spec)

    def create_rendition(self, filter):  # noqa: A002  # Wagtail's name
        """Raises: StorageError; at once for ``STORE_REST_SECONDS`` after the last one.

        Else a list of thirty images would wait thirty times for a store that hangs.
        """
        if not _store.allows():
            raise StorageError(_("The file store failed a moment ago."))
        try:
            rendition = super().create_rendition(filter)
        except StorageError:
            _store.failed()
            raise
        _store.succeeded()
        return rendition

    def _original_as(self, spec: str) -> "LibraryRendition":
        return LibraryRendition(
            image=self,
            filter_spec=spec,
            file=self.file.name,
            width=self.width,
            height=self.height,
        )

    def generate_rendition_file(self, filter, *, source=None):  # noqa: A002  # Wagtail's name
        with rendition_measured():
            return super().generate_rendition_file(filter, source=source)


class LibraryRendition(AbstractRendition):
    image = models.ForeignKey(
        LibraryImage, related_name="renditions", on_delete=models.CASCADE
    )

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    @staticmethod
    def folder_of(image: LibraryImage) -> str:
        """Each original has one, named as itself, so that what lies there can be listed."""
        name, _extension = posixpath.splitext(posixpath.basename(image.file.name))
        return f"images/{name}"

    def get_upload_to(self, filename):
        name = self.file.storage.get_valid_name(filename)
        return f"{self.folder_of(self.image)}/{name}"


class LibraryDocument(AbstractDocument):
    file = models.FileField(
        _("file"), upload_to="documents", storage=private_storage, max_length=200
    )

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]

    def clean(self):
        if self.file:  # else the form has refused it, and said why
            super().clean()
