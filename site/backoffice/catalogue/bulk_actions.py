"""Oscar 4.2's bulk actions write past the models: here each object is saved, so that
history, search and caches learn of it, and prices go through their one writer."""

from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.dashboard.catalogue import bulk_actions as oscar

from catalogue.partner.models import StockRecord
from catalogue.partner.services import PriceError, price_change

CENT = Decimal("0.01")


@transaction.atomic
def _publish(request, objects, is_public):
    count = 0
    for each in objects.exclude(is_public=is_public):
        each.is_public = is_public
        each.save()
        count += 1
    messages.success(
        request,
        ngettext("%(count)d was changed.", "%(count)d were changed.", count)
        % {"count": count},
    )


class MakePublicAction(oscar.MakePublicAction):
    def execute(self, request, objects):
        _publish(request, objects, is_public=True)


class MakeNonPublicAction(oscar.MakeNonPublicAction):
    def execute(self, request, objects):
        _publish(request, objects, is_public=False)


class MakeProductsPublicAction(oscar.MakeProductsPublicAction):
    def execute(self, request, objects, form):
        _publish(request, objects, is_public=True)


class MakeProductsNonPublicAction(oscar.MakeProductsNonPublicAction):
    def execute(self, request, objects, form):
        _publish(request, objects, is_public=False)


class SetProductPriceAction(oscar.SetProductPriceAction):
    """All or nothing: a price that can't be charged leaves every price as it was."""

    def execute(self, request, objects, form):
        specific = form.get_specific_prices()
        records = StockRecord.objects.filter(
            product__in=objects, partner__in=form.cleaned_data["partners"]
        ).order_by("pk")
        try:
            with transaction.atomic():
                count = sum(
                    _reprice(record, _amount(record, form, specific), request.user)
                    for record in records
                )
        except PriceError as error:
            messages.error(request, str(error))
            return
        messages.success(
            request,
            ngettext(
                "%(count)d price was changed.", "%(count)d prices were changed.", count
            )
            % {"count": count},
        )


def _amount(record, form, specific):
    """What ``record`` is to cost; ``None`` leaves it."""
    data = form.cleaned_data
    if record.product_id in specific:
        return specific[record.product_id]
    if data.get("new_price") is not None:
        return data["new_price"]
    if record.price is None:
        return None
    if data.get("increase_by_amount") is not None:
        return record.price + data["increase_by_amount"]
    if data.get("increase_by_percentage") is not None:
        return (record.price * (1 + data["increase_by_percentage"] / 100)).quantize(
            CENT
        )
    return None


def _reprice(record, amount, actor):
    if amount is None or amount == record.price:
        return False
    price_change(
        stockrecord=record, amount=amount, actor=actor, reason=_("Changed with others")
    )
    return True
