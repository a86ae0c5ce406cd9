"""Oscar's image import, into the library (the module's name is Oscar's)."""

from hashlib import sha1
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db.models import Max
from oscar.apps.catalogue.exceptions import IdenticalImageError
from oscar.apps.catalogue.utils import Importer as OscarImporter

from catalogue.models import Product, ProductImage
from foundation.media.forms import LibraryImageField
from foundation.media.models import LibraryImage


class Importer(OscarImporter):
    """Adds the images of a folder or archive to the products that their names say."""

    def _process_image(self, dirname, filename, lookup_value):
        path = Path(dirname) / filename
        with path.open("rb") as file:
            self._check(File(file, name=filename))
        product = Product.objects.get(**{self._field: lookup_value})
        digest = sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
        if product.images.filter(original__file_hash=digest).exists():
            raise IdenticalImageError
        with path.open("rb") as file:
            original = LibraryImage.objects.create(
                title=product.get_title(),
                file=File(file, name=filename),
                file_hash=digest,
            )
        last = product.images.aggregate(last=Max("display_order"))["last"]
        ProductImage.objects.create(
            product=product,
            original=original,
            display_order=0 if last is None else last + 1,
        )

    @staticmethod
    def _check(file: File) -> None:
        """The same rules as for an upload. Raises: OSError, as Oscar's caller expects."""
        try:
            LibraryImageField().clean(file)
        except ValidationError as error:
            raise OSError(" ".join(error.messages)) from error
