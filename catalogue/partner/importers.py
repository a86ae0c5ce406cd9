from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from oscar.apps.partner.importers import CatalogueImporter as OscarCatalogueImporter
from oscar.core.loading import get_class

from catalogue.partner.models import Partner, StockRecord
from catalogue.partner.services import PriceError, price_change

ImportingError = get_class("partner.exceptions", "ImportingError")


class CatalogueImporter(OscarCatalogueImporter):
    """Oscar's CSV import; prices go through ``price_change()``, unchanged ones leave no trace."""

    def _create_stockrecord(self, item, partner_name, partner_sku, price, num_in_stock):
        partner, _created = Partner.objects.get_or_create(name=partner_name)
        record, _created = StockRecord.objects.update_or_create(
            partner=partner,
            partner_sku=partner_sku,
            defaults={"product": item, "num_in_stock": _pieces(num_in_stock)},
        )
        try:
            amount = Decimal(price)
            if record.price != amount:
                price_change(stockrecord=record, amount=amount, reason=_("Import"))
        except (InvalidOperation, PriceError) as error:
            raise ImportingError(
                _("“%(price)s” is not a price.") % {"price": price}
            ) from error


def _pieces(text: str) -> int:
    """Return the number in stock, not its text: Oscar's stock alerts (4.2) compare what was saved."""
    try:
        return StockRecord._meta.get_field("num_in_stock").clean(text, None)
    except ValidationError as error:
        raise ImportingError(
            _("“%(text)s” is not a number of pieces.") % {"text": text}
        ) from error
