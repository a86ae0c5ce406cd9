from __future__ import annotations

from modelsearch.tasks import insert_or_update_object_task

from catalogue.models import Product


def product_reindex_on_commit(product_id: int) -> None:
    """Index the product (of a variant its parent) anew after the transaction.

    ``modelsearch`` does it by itself where a product is saved; this is for what
    is saved beside it: categories, attribute values, variants.
    """
    parents = Product.objects.filter(pk=product_id, parent__isnull=False)
    parent_id = parents.values_list("parent_id", flat=True).first()
    insert_or_update_object_task.enqueue(
        "catalogue", "product", str(parent_id or product_id)
    )
