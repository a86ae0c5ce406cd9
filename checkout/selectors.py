from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class VisitorSummary:
    """What the header tells a visitor: ``basket_count`` is the number of items, not of lines."""

    basket_count: int


def visitor_summary(request: HttpRequest) -> VisitorSummary:
    """The visitor's basket in figures; writes nothing."""
    return VisitorSummary(basket_count=request.basket.num_items)
