"""What other parts of the shop may ask about a visitor's basket."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from checkout.basket.middleware import cookie_basket_id
from checkout.basket.models import Basket, Line


@dataclass(frozen=True, slots=True)
class VisitorSummary:
    """``basket_count`` is the number of pieces in the open basket."""

    basket_count: int


def visitor_summary(request: HttpRequest) -> VisitorSummary:
    """For the visitor's fragment; writes nothing, applies no offers.

    One query for the count, none without session and basket cookie; who is logged
    in costs what Django's session and user cost.
    """
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    if has_session and request.user.is_authenticated:
        lines = Line.objects.filter(basket__owner=request.user)
    elif basket_id := cookie_basket_id(request):
        lines = Line.objects.filter(basket=basket_id, basket__owner=None)
    else:
        return VisitorSummary(basket_count=0)
    count = lines.filter(basket__status=Basket.OPEN).aggregate(sum=Sum("quantity"))
    return VisitorSummary(basket_count=count["sum"] or 0)
