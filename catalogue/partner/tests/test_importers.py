import logging
from decimal import Decimal

import pytest
from oscar.apps.catalogue.exceptions import ImageImportError
from oscar.core.loading import get_class
from PIL import Image

from catalogue.factories import ProductFactory
from catalogue.models import Product
from catalogue.partner.models import PriceChange, StockAlert, StockRecord

pytestmark = pytest.mark.django_db

ROW = "Books,Books > Novels,978-1,Dunces,A novel,Warehouse,DUN-1,{price},{pieces}\n"


def read(path, price, pieces=5):
    path.write_text(ROW.format(price=price, pieces=pieces))
    importer = get_class("partner.importers", "CatalogueImporter")
    importer(logging.getLogger(__name__)).handle(str(path))


def test_import_writes_prices_with_their_history(tmp_path):
    read(tmp_path / "goods.csv", "12.50")
    read(tmp_path / "goods.csv", "12.50", pieces=3)
    read(tmp_path / "goods.csv", "11.00")

    record = StockRecord.objects.get()
    changes = PriceChange.objects.order_by("pk").values_list("amount", flat=True)
    assert (record.price, record.num_in_stock) == (Decimal("11.00"), 5)
    assert list(changes) == [Decimal("12.50"), Decimal("11.00")]
    assert Product.objects.get().title == "Dunces"


def test_import_opens_and_closes_alerts_of_low_stock(tmp_path):
    read(tmp_path / "goods.csv", "12.50", pieces=5)
    StockRecord.objects.update(low_stock_threshold=4)

    read(tmp_path / "goods.csv", "12.50", pieces=3)
    alert = StockAlert.objects.get()
    assert (alert.status, alert.threshold) == (StockAlert.OPEN, 4)

    read(tmp_path / "goods.csv", "12.50", pieces=6)
    alert.refresh_from_db()
    assert alert.status == StockAlert.CLOSED


@pytest.mark.parametrize("price", ["free", "NaN", "-1", "0", "1.005", ""])
def test_import_with_a_price_that_is_none_changes_nothing(tmp_path, price):
    error = get_class("partner.exceptions", "ImportingError")

    with pytest.raises(error, match=f"“{price}”"):
        read(tmp_path / "goods.csv", price)

    assert not StockRecord.objects.exists()
    assert not Product.objects.exists()


@pytest.mark.parametrize("pieces", ["many", "1.5", "-1", "", "9" * 20])
def test_import_with_a_stock_that_is_no_number_changes_nothing(tmp_path, pieces):
    error = get_class("partner.exceptions", "ImportingError")

    with pytest.raises(error, match=f"“{pieces}”"):
        read(tmp_path / "goods.csv", "12.50", pieces=pieces)

    assert not StockRecord.objects.exists()
    assert not Product.objects.exists()


def test_imported_images_go_into_the_library_once(tmp_path):
    product = ProductFactory(upc="LAMP")
    Image.new("RGB", (20, 10), "red").save(tmp_path / "LAMP.png")
    importer = get_class("catalogue.utils", "Importer")

    for _ in range(2):
        importer(logging.getLogger(__name__), field="upc").handle(str(tmp_path))

    image = product.images.get()
    assert image.original.title == product.title
    assert (image.original.width, image.display_order) == (20, 0)


def test_import_refuses_what_an_upload_refuses(tmp_path):
    product = ProductFactory(upc="LAMP")
    Image.new("1", (20_000, 1)).save(tmp_path / "LAMP.png")
    importer = get_class("catalogue.utils", "Importer")

    with pytest.raises(ImageImportError, match=r"LAMP\.png .*too many pixels"):
        importer(logging.getLogger(__name__), field="upc").handle(str(tmp_path))

    assert not product.images.exists()
