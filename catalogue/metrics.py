"""What the catalogue tells about itself. A new one: docs/howto/add-a-metric.md."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from catalogue.models import Product
from catalogue.partner.models import StockRecord
from foundation.observability.state import Values, state_gauge


@state_gauge(
    "storefront_products_out_of_stock",
    "Public products and variants whose stock is tracked and used up.",
)
def products_out_of_stock() -> Values:
    available = StockRecord.objects.filter(
        product=OuterRef("pk"), num_in_stock__gt=Coalesce(F("num_allocated"), 0)
    )
    sold = Product.objects.exclude(structure=Product.PARENT).filter(
        Q(parent=None) | Q(parent__is_public=True), is_public=True
    )
    tracked = sold.filter(
        Q(product_class__track_stock=True) | Q(parent__product_class__track_stock=True)
    )
    return {(): tracked.exclude(Exists(available)).count()}
