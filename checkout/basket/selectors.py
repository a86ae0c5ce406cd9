"""The basket as its page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalogue.models import Product, ProductAttributeValue
from catalogue.options import ChoiceView
from catalogue.selectors.cards import primary_images, product_url
from checkout.basket.models import Basket, Line, choices_load
from foundation.core.templatetags.money import money
from foundation.media.images import ImageView


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a basket page.

    ``amount`` is that of the line as shown (gross in gross mode), ``None`` without a
    price; ``was`` the same before discounts where these are less. ``problem`` says
    why it can't be ordered, ``notice`` what changed since it was added.
    """

    id: int
    product_id: int
    title: str
    label: str
    url: str
    image: ImageView | None
    quantity: int
    unit_price: Decimal | None
    amount: Decimal | None
    was: Decimal | None
    currency: str
    problem: str
    notice: str
    is_public: bool
    choices: tuple[ChoiceView, ...]

    @property
    def input_id(self) -> str:
        return f"quantity-{self.id}"

    @property
    def quantity_label(self) -> str:
        return _("Quantity of %(title)s") % {"title": self.title}


def basket_lines(basket: Basket) -> list[LineView]:
    """The lines in the order they were added. At most three statements beyond the basket's own."""
    lines = list(basket.all_lines())
    choices_load(lines)
    products = [line.product for line in lines]
    images = primary_images(products) if products else {}
    labels = variant_labels(products)
    return [
        _line_view(line, images.get(line.product_id), labels.get(line.product_id, ""))
        for line in lines
    ]


def variant_labels(products: Iterable[Product]) -> dict[int, str]:
    """What tells a variant from its siblings, by its id: ``"Moss, M"``; none for one with a title of its own.

    One statement, none where there is nothing to ask.
    """
    ids = {product.pk for product in products if product.is_child and not product.title}
    if not ids:
        return {}
    labels = defaultdict(list)
    for product_id, option in (
        ProductAttributeValue.objects.filter(
            product__in=ids, value_option__isnull=False
        )
        .order_by("attribute_id")
        .values_list("product_id", "value_option__option")
    ):
        labels[product_id].append(option)
    return {product_id: ", ".join(parts) for product_id, parts in labels.items()}


def product_name(product: Product) -> str:
    """Return the title with what tells a variant from its siblings. At most one statement."""
    label = variant_labels([product]).get(product.pk, "")
    return ", ".join(filter(None, [product.get_title(), label]))


def voucher_rows(basket: Basket) -> Sequence:
    """The basket's vouchers. One statement unless offers have been applied to them."""
    return list(basket.vouchers.all()) if basket.pk else []


def _line_view(line: Line, image: ImageView | None, label: str) -> LineView:
    price = line.purchase_info.price
    side = "incl_tax"
    if price.exists and price.effective_price != price.incl_tax:
        side = "excl_tax"
    amount = getattr(line.amounts_to_pay, side, None)
    before = getattr(line.amounts, side, None)
    product = line.product
    return LineView(
        id=line.pk,
        product_id=product.parent_id or product.pk,
        title=product.get_title(),
        label=label,
        url=product_url(product),
        image=image,
        quantity=line.quantity,
        unit_price=price.effective_price if price.exists else None,
        amount=amount,
        was=before if before != amount else None,
        currency=line.price_currency,
        problem=line.problem,
        notice=_price_notice(line),
        is_public=price.exists,
        choices=line.choice_views,
    )


def _price_notice(line: Line) -> str:
    before = line.price_before
    if before is None:
        return ""
    return _("The price changed from %(before)s to %(now)s since you added this.") % {
        "before": money(before, line.price_currency),
        "now": money(line.purchase_info.price.effective_price, line.price_currency),
    }
