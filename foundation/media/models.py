"""The one image and file library of the shop."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition

from foundation.media.metrics import rendition_measured
from foundation.media.storage import private_storage


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

    def generate_rendition_file(self, filter, *, source=None):  # noqa: A002  # Wagtail's name
        with rendition_measured():
            return super().generate_rendition_file(filter, source=source)


class LibraryRendition(AbstractRendition):
    image = models.ForeignKey(
        LibraryImage, related_name="renditions", on_delete=models.CASCADE
    )

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class LibraryDocument(AbstractDocument):
    file = models.FileField(
        _("file"), upload_to="documents", storage=private_storage, max_length=200
    )

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]
