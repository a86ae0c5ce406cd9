from __future__ import annotations

from functools import partial

from django.db import transaction
from modelsearch import index

from catalogue.models import Product


def product_reindex_on_commit(product_id: int) -> None:
    """Index the product (of a variant its parent) anew after the transaction.

    ``modelsearch`` does it by itself where a product is saved; this is for what
    is saved beside it: categories, attribute values, variants.
    """
    transaction.on_commit(partial(product_reindex, product_id))


def product_reindex(product_id: int) -> None:
    product = Product.objects.filter(pk=product_id).select_related("parent").first()
    if product is not None:
        index.insert_or_update_object(product.parent or product)
