"""What changes a basket. Each service takes the shopper's words and says in words why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import Product
from catalogue.options import Choice, OptionsForm, choices_as_typed, product_options
from catalogue.visibility import product_is_public
from checkout.basket.models import Basket, Line, LineAttribute
from checkout.basket.selectors import product_name
from checkout.metrics import BASKET_ADDITIONS
from foundation.accounts.models import User
from foundation.core import clock
from foundation.core.errors import DomainError
from foundation.observability.metrics import count_on_commit


class BasketError(DomainError):
    """This can't be done to the basket; it is as it was."""


class OptionsError(BasketError):
    """The product can't be added with these options; ``form`` says why, field by field."""

    def __init__(self, title: str, form: OptionsForm):
        self.form = form
        super().__init__(
            _("The options of “%(title)s” have changed. Please choose on its page.")
            % {"title": title}
        )


def quantity_parse(text: str) -> int:
    """The whole number in ``text``, at least 0. Raises ``BasketError`` saying what is wrong."""
    text = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise BasketError(
            _("“%(text)s” is not a number. Please give a quantity such as 1 or 2.")
            % {"text": text[:20]}
        )
    number = int(text[:12])  # more digits are too many pieces anyway
    if number < 0:
        raise BasketError(_("A quantity can't be less than zero."))
    largest = settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD
    if number > largest:
        raise BasketError(
            _(
                "We can send at most %(count)d pieces in one order. "
                "For more, please write to us."
            )
            % {"count": largest}
        )
    return number


def basket_add(
    *,
    basket: Basket,
    product: Product,
    quantity: int,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Put ``quantity`` of a product (never a parent) into ``basket``, on top of what is there.

    ``options`` holds the fields of an ``OptionsForm``; other choices are another line.
    A new basket is saved. The lines loaded so far are forgotten, offers not applied.

    Raises:
        OptionsError: a required option is missing, or one is wrong.
        BasketError: it can't be bought, or not so many; or quantity is 0.
    """
    if quantity == 0:
        raise BasketError(_("Please choose a quantity of at least 1."))
    info = basket.strategy.fetch_for_product(product)
    if not product_is_public(product) or not info.price.exists:
        raise BasketError(
            _("“%(title)s” can't be bought at the moment.")
            % {"title": product_name(product)}
        )
    form = OptionsForm(product_options(product), options or {})
    if not form.is_valid():
        raise OptionsError(product_name(product), form)
    held = list(
        basket.lines.values_list("product_id", "quantity", "price_currency")
        if basket.pk
        else ()
    )
    present = sum(count for pk, count, _currency in held if pk == product.pk)
    _check_quantity(
        info,
        title=product_name(product),
        present=present,
        quantity=quantity,
        others=sum(count for _pk, count, _currency in held) - present,
    )
    if any(currency != info.price.currency for _pk, _count, currency in held):
        raise BasketError(
            _("Your basket holds prices in another currency. Please order that first.")
        )
    _line_add(basket, product, info, quantity, form.choices())
    basket.reset_offer_applications()
    count_on_commit(BASKET_ADDITIONS)


def _line_add(
    basket: Basket, product: Product, info, quantity: int, choices: list[Choice]
) -> None:
    """One line more, or more on the line that is there: right for two adds at once."""
    if not basket.pk:
        basket.save()
    reference = basket._create_line_reference(
        product,
        info.stockrecord,
        [{"option": each.option, "value": each.value} for each in choices],
    )
    present = Line.objects.filter(basket=basket, line_reference=reference)
    for _attempt in range(2):
        if present.update(quantity=F("quantity") + quantity, date_updated=clock.now()):
            return
        try:
            with transaction.atomic():
                line = Line.objects.create(
                    basket=basket,
                    product=product,
                    stockrecord=info.stockrecord,
                    line_reference=reference,
                    quantity=quantity,
                    price_currency=info.price.currency,
                    price_excl_tax=info.price.excl_tax,
                    price_incl_tax=info.price.incl_tax,
                    tax_code=info.price.tax_code,
                )
                LineAttribute.objects.bulk_create(
                    [
                        LineAttribute(line=line, option=each.option, value=each.value)
                        for each in choices
                    ]
                )
        except IntegrityError:
            continue
        return


def line_set_quantity(*, line: Line, quantity: int) -> None:
    """Make it ``quantity`` pieces; 0 removes the line. Raises ``BasketError``.

    The price of this moment becomes the one the shopper was told.
    """
    if quantity == 0:
        line.delete()
        return
    others = [each for each in line.basket.all_lines() if each.pk != line.pk]
    present = sum(
        each.quantity for each in others if each.product_id == line.product_id
    )
    _check_quantity(
        line.purchase_info,
        title=product_name(line.product),
        present=present,
        quantity=quantity,
        others=sum(each.quantity for each in others) - present,
    )
    price = line.purchase_info.price
    line.quantity = quantity
    line.price_excl_tax, line.price_incl_tax = price.excl_tax, price.incl_tax
    line.save(
        update_fields=["quantity", "price_excl_tax", "price_incl_tax", "date_updated"]
    )


def line_save_for_later(*, line: Line, owner: User) -> None:
    saved, _created = Basket.saved.get_or_create(owner=owner)
    saved.merge_line(line)


def line_move_to_basket(*, line: Line, basket: Basket) -> None:
    """Bring a line that was saved for later back. Raises ``BasketError``, and it stays saved."""
    basket_add(
        basket=basket,
        product=line.product,
        quantity=line.quantity,
        options=choices_as_typed(line.choices),
    )
    line.delete()


@dataclass(frozen=True, slots=True)
class UnitedBasket:
    """The basket of a person who logged in, and what came into it.

    ``added`` counts the pieces of the guest's basket, if the account's held something too.
    ``in_both`` has name and quantity now of each product that both held.
    """

    basket: Basket | None
    added: int = 0
    in_both: tuple[tuple[str, int], ...] = ()


@transaction.atomic
def baskets_unite(*, owner: User, other: Basket | None) -> UnitedBasket:
    """One open basket of ``owner`` out of all of theirs and ``other``, a guest's.

    Lines of the same product and choices keep the larger quantity. Locks the baskets in
    primary-key order.
    """
    baskets = list(Basket.open.select_for_update().filter(owner=owner).order_by("pk"))
    if other is not None:
        other = Basket.open.select_for_update().filter(pk=other.pk, owner=None).first()
    if not baskets:
        if other is not None:
            other.owner = owner
            other.save(update_fields=["owner"])
        return UnitedBasket(other)
    mine, *others = baskets
    for each in others:
        mine.merge(each, add_quantities=False)
    if other is None:
        return UnitedBasket(mine)
    held = {line.line_reference for line in mine.lines.all()}
    brought = {line.line_reference: line.quantity for line in other.lines.all()}
    mine.merge(other, add_quantities=False)
    both = mine.lines.filter(line_reference__in=held & brought.keys())
    return UnitedBasket(
        mine,
        added=sum(brought.values()) if held else 0,
        in_both=tuple(
            (product_name(line.product), line.quantity)
            for line in both.select_related("product__parent").order_by("pk")
        ),
    )


def _check_quantity(
    info, *, title: str, present: int, quantity: int, others: int
) -> None:
    """Raise ``BasketError`` if there are not so many, or not so many in one order.

    ``present`` of the product are in the basket and stay, ``others`` of other things.
    """
    permitted, reason = info.availability.is_purchase_permitted(present + quantity)
    if not permitted:
        message = f"“{title}”: {reason}"
        if present:
            message += " " + ngettext(
                "Your basket already holds %(count)d.",
                "Your basket already holds %(count)d.",
                present,
            ) % {"count": present}
        raise BasketError(message)
    largest = settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD
    total = others + present + quantity
    if total > largest:
        raise BasketError(
            _(
                "We can send at most %(count)d pieces in one order; "
                "with this there would be %(total)d."
            )
            % {"count": largest, "total": total}
        )
