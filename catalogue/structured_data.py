"""What pages of the catalogue say to search engines, in the terms of schema.org."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalogue.selectors import ProductDetail
from foundation.core.templatetags.text import plain_text


def product_data(
    detail: ProductDetail, *, absolute: Callable[[str], str]
) -> dict[str, Any]:
    """Return a ``Product``; of a product with variants, the price and number of the one shown.

    ``absolute`` makes an absolute URL of a path.
    """
    shown = detail.selected or detail.product
    url = absolute(shown.url)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": detail.product.title,
        "description": plain_text(detail.product.description),
        "sku": shown.upc,
        "url": url,
        "image": [absolute(image.url) for image in detail.gallery],
    }
    if detail.price:
        state = "InStock" if detail.availability.can_buy else "OutOfStock"
        data["offers"] = {
            "@type": "Offer",
            "url": url,
            "price": f"{detail.price.amount:.2f}",
            "priceCurrency": detail.price.currency,
            "availability": f"https://schema.org/{state}",
        }
    if detail.review_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(detail.rating),
            "reviewCount": detail.review_count,
        }
    return {key: value for key, value in data.items() if value}
