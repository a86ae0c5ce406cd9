from dataclasses import dataclass

from django.core.files.storage import default_storage
from oscar.core.thumbnails import AbstractThumbnailer

from foundation.media.images import image_view
from foundation.media.models import LibraryImage


@dataclass(frozen=True, slots=True)
class Thumbnail:
    url: str
    width: int
    height: int


class LibraryThumbnailer(AbstractThumbnailer):
    """Oscar's ``{% oscar_thumbnail %}`` drawn from the library.

    Takes a ``LibraryImage`` or the storage name of a file (Oscar's missing image).
    """

    def generate_thumbnail(self, source, **opts):
        wanted = int(opts["size"].split("x")[0] or 0)
        if not isinstance(source, LibraryImage):
            return Thumbnail(default_storage.url(str(source)), wanted, wanted)
        sources = image_view(source).sources
        best = next((each for each in sources if each.width >= wanted), sources[-1])
        return Thumbnail(best.url, best.width, best.height)

    def delete_thumbnails(self, source):
        """Renditions go with their image."""
