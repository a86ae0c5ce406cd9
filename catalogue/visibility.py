"""Which products shoppers may see. What isn't public doesn't exist for them."""

from django.db.models import Q, QuerySet

from catalogue.models import Product


def product_is_public(product: Product) -> bool:
    """Return whether shoppers may see ``product``: a variant only with its parent."""
    return product.is_public and (product.parent is None or product.parent.is_public)


def public_products() -> QuerySet[Product]:
    """Return the products for which :func:`product_is_public` holds, with their parents."""
    return Product.objects.filter(
        Q(parent=None) | Q(parent__is_public=True), is_public=True
    ).select_related("parent")
