"""``request.basket``, which costs nothing on the pages that do not ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.core.loading import get_class

from catalogue.partner.strategy import Selector
from catalogue.voucher.models import Voucher
from checkout.basket.models import Basket
from checkout.basket.services import UnitedBasket, baskets_unite
from foundation.accounts.models import User

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class BasketMiddleware:
    """Puts ``basket`` and ``strategy`` on the request, both lazy.

    ``basket_without_offers`` is for those who only put something in.

    Other than Oscar's (4.2) it writes nothing on a safe method, so that previews
    and parallel first views are harmless, and asks for user and cookie only when
    somebody asks for the basket; only then does the response vary on the cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request):
        request.cookies_to_delete = []
        request.strategy = Selector().strategy(request=request)
        request.basket = SimpleLazyObject(lambda: self.load(request))
        request.basket_without_offers = SimpleLazyObject(lambda: self.find(request))
        request.basket_was_read = False
        response = self.get_response(request)
        if request.basket_was_read or request.cookies_to_delete:
            patch_vary_headers(response, ["Cookie"])
            self.keep_cookie(request, response)
        return response

    def load(self, request) -> Basket:
        """The visitor's open basket with offers applied; unsaved where there is none."""
        basket = self.find(request)
        basket_apply_offers(basket, request)
        return basket

    def find(self, request) -> Basket:
        """The same without offers; looked up once a request."""
        if not request.basket_was_read:
            request.basket_was_read = True
            request.found_basket = self.look_up(request)
            request.found_basket.strategy = request.strategy
        return request.found_basket

    def look_up(self, request) -> Basket:
        if not request.user.is_authenticated:
            return basket_of_cookie(request) or Basket()
        if request.method in SAFE_METHODS:
            basket = _first(Basket.open.filter(owner=request.user))
        else:
            basket = basket_of_login(request)
        basket = basket or Basket(owner=request.user)
        basket.owner = request.user
        return basket

    def keep_cookie(self, request, response) -> None:
        """A guest's saved basket is found again by a signed cookie; one that leads nowhere goes."""
        name = settings.OSCAR_BASKET_COOKIE_OPEN
        if name in request.cookies_to_delete:
            response.delete_cookie(name, samesite="Lax")
            return
        basket = request.found_basket
        if basket.pk and basket.owner_id is None:
            if not basket_of_cookie(request):
                response.set_cookie(
                    name,
                    Signer().sign(basket.pk),
                    max_age=settings.OSCAR_BASKET_COOKIE_LIFETIME,
                    secure=settings.OSCAR_BASKET_COOKIE_SECURE,
                    httponly=True,
                    samesite="Lax",
                )
        elif name in request.COOKIES and not basket_of_cookie(request):
            response.delete_cookie(name, samesite="Lax")


def basket_of_login(request: HttpRequest) -> Basket | None:
    """The one basket of the person logged in, with what they had collected as a guest."""
    guests = basket_of_cookie(request)
    if settings.OSCAR_BASKET_COOKIE_OPEN in request.COOKIES:
        basket_forget_cookie(request)
    united = baskets_unite(owner=cast("User", request.user), other=guests)
    for message in united_messages(united):
        messages.info(request, message, fail_silently=True)
    return united.basket


def united_messages(united: UnitedBasket) -> Iterator[str]:
    """Say what the guest's basket brought into the account's."""
    if united.added:
        yield ngettext(
            "The article from your basket was added to the basket of your account.",
            "The %(count)d articles from your basket were added to the basket of your "
            "account.",
            united.added,
        ) % {"count": united.added}
    for title, quantity in united.in_both:
        yield _(
            "“%(title)s” was in both baskets. The larger quantity is kept: %(count)d."
        ) % {"title": title, "count": quantity}


def basket_forget_cookie(request: HttpRequest) -> None:
    """Have the response take the guest's basket cookie back."""
    request.cookies_to_delete.append(settings.OSCAR_BASKET_COOKIE_OPEN)


def cookie_basket_id(request: HttpRequest) -> int | None:
    """Primary key in the basket cookie; ``None`` without one or if somebody changed it."""
    value = request.COOKIES.get(settings.OSCAR_BASKET_COOKIE_OPEN)
    if value is None:
        return None
    try:
        return int(Signer().unsign(value))
    except (BadSignature, ValueError):
        return None


def basket_of_cookie(request: HttpRequest) -> Basket | None:
    """The guest's open basket that the cookie names. One query, asked once a request."""
    if not hasattr(request, "_basket_of_cookie"):
        pk = cookie_basket_id(request)
        request._basket_of_cookie = (
            _first(Basket.open.filter(pk=pk, owner=None)) if pk else None
        )
    return request._basket_of_cookie


def _first(baskets: QuerySet[Basket]) -> Basket | None:
    """The oldest one; if it has no vouchers it knows that without another query."""
    vouchers = Voucher.objects.filter(basket=OuterRef("pk"))
    basket = baskets.annotate(has_vouchers=Exists(vouchers)).order_by("pk").first()
    if basket is not None and not basket.has_vouchers:
        basket._prefetched_objects_cache = {"vouchers": Voucher.objects.none()}
    return basket


def basket_apply_offers(basket: Basket, request: HttpRequest) -> None:
    """Reckon the offers anew on fresh lines."""
    basket.reset_offer_applications()
    if not basket.is_empty:
        get_class("offer.applicator", "Applicator")().apply(
            basket, request.user, request
        )
