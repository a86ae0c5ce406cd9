"""The basket. Its forms carry no token: they may stand on cacheable pages."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from catalogue.models import Product
from catalogue.options import (
    OptionsForm,
    choices_as_typed,
    product_options,
    with_options,
)
from catalogue.partner.strategy import stockrecords_prefetch
from catalogue.selectors import product_detail
from catalogue.selectors.cards import product_url
from catalogue.views import ProductDetailView
from catalogue.visibility import public_products
from catalogue.voucher.models import Voucher
from checkout.basket.middleware import basket_apply_offers
from checkout.basket.models import Basket, Line
from checkout.basket.selectors import basket_lines, product_name, voucher_rows
from checkout.basket.services import (
    BasketError,
    OptionsError,
    basket_add,
    line_move_to_basket,
    line_save_for_later,
    line_set_quantity,
    quantity_parse,
)
from checkout.basket.vouchers import voucher_add
from checkout.pages import PrivatePageMixin, previous_page
from checkout.shipping.methods import Standard
from checkout.summaries import basket_summary
from foundation.core.errors import DomainError
from foundation.core.identifiers import id_parse
from foundation.delivery.same_origin import same_origin_post

REMOVED_OPTIONS = "basket_removed_options"

_from_own_page = method_decorator(same_origin_post, name="dispatch")


class BasketView(PrivatePageMixin, TemplateView):
    """The basket's page; an action that is refused draws it again, with what was typed."""

    template_name = "oscar/basket/basket.html"

    def get_context_data(self, **kwargs):
        basket = self.request.basket
        lines = basket_lines(basket)
        summary = basket_summary(basket=basket) if lines else None
        return super().get_context_data(
            **{
                "basket": basket,
                "lines": lines,
                "saved_lines": self._saved_lines(),
                "vouchers": voucher_rows(basket),
                "summary": summary,
                "totals": summary and replace(summary, lines=()),
                "with_delivery": basket.is_shipping_required(),
                "missing_for_free": (
                    Standard().missing_for_free(basket) if lines else None
                ),
                "removed": self._removed(),
                "can_be_ordered": basket.can_be_ordered,
            }
            | kwargs
        )

    def _saved_lines(self):
        user = self.request.user
        saved = (
            Basket.saved.filter(owner=user).first() if user.is_authenticated else None
        )
        if saved is None:
            return []
        saved.strategy = self.request.strategy
        return basket_lines(saved)

    def _removed(self):
        """What was taken out just now, to be put back: the address says it.

        Choices of options are in the session: typed text belongs into no log of addresses.
        """
        query = self.request.GET
        try:
            quantity = quantity_parse(query.get("quantity", ""))
        except BasketError:
            return None
        pk = id_parse(query.get("removed", ""))
        product = public_products().filter(pk=pk).first()
        if product is None:
            return None
        options = self.request.session.get(REMOVED_OPTIONS, {})
        return {
            "product": product,
            "name": product_name(product),
            "quantity": quantity,
            "options": [
                (name, each)
                for name, value in options.get(str(product.pk), {}).items()
                for each in (value if isinstance(value, list) else [value])
            ],
        }


@method_decorator(never_cache, name="dispatch")
@_from_own_page
class BasketAddView(View):
    """Adds a product (a variant: ``child_id``) and goes back to where the shopper was.

    A product with options is refused by its own page, with what was typed.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the product: the page of a refusal has this address."""
        return redirect(product_url(get_object_or_404(public_products(), pk=pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        product = get_object_or_404(self.products(), pk=pk)
        try:
            product = self._variant(product)
            quantity = quantity_parse(request.POST.get("quantity", "1"))
            basket_add(
                basket=request.basket_without_offers,
                product=product,
                quantity=quantity,
                options=request.POST,
            )
        except OptionsError as error:
            return self._product_page(product, error.form)
        except BasketError as error:
            if options := product_options(product):
                form = OptionsForm(options, request.POST)
                return self._product_page(product, form, message=str(error))
            messages.error(request, str(error))
            return HttpResponseRedirect(previous_page(request) or product_url(product))
        messages.success(
            request,
            ngettext(
                "“%(title)s” is in your basket.",
                "%(count)d × “%(title)s” are in your basket.",
                quantity,
            )
            % {"title": product_name(product), "count": quantity},
        )
        return HttpResponseRedirect(previous_page(request) or product_url(product))

    def _product_page(
        self, product: Product, form: OptionsForm, message: str = ""
    ) -> HttpResponse:
        page = ProductDetailView()
        page.setup(self.request)
        page.detail = product_detail(
            product.parent_id or product.pk,
            context=self.request.strategy.context,
            variant=product.pk,
        )
        context = page.get_context_data(
            options_form=form,
            add_error=message,
            quantity=self.request.POST.get("quantity", "1"),
        )
        return page.render_to_response(context)

    def products(self):
        """Public products with all that the strategy asks of one."""
        return (
            with_options(public_products())
            .select_related("product_class", "parent__product_class")
            .prefetch_related(stockrecords_prefetch(self.request.strategy.context))
        )

    def _variant(self, product: Product) -> Product:
        """The variant that was chosen. Raises ``BasketError`` if one is needed."""
        if not product.is_parent:
            return product
        chosen = id_parse(self.request.POST.get("child_id", ""))
        variant = self.products().filter(parent=product, pk=chosen).first()
        if variant is None:
            raise BasketError(
                _("Please choose a variant of “%(title)s” first.")
                % {"title": product.get_title()}
            )
        return variant


@_from_own_page
class LineView(View):
    """Changes one line of the visitor's own basket: ``action`` update, remove or save."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        line = next(
            (each for each in request.basket.all_lines() if each.pk == pk), None
        )
        if line is None:
            raise Http404
        action = request.POST.get("action", "update")
        if action == "remove":
            return self._remove(line)
        if action == "save":
            return self._save(line)
        return self._update(line)

    def _update(self, line: Line) -> HttpResponse:
        typed = self.request.POST.get("quantity", "")
        try:
            quantity = quantity_parse(typed)
            if quantity == 0:
                return self._remove(line)
            line_set_quantity(line=line, quantity=quantity)
        except BasketError as error:
            page = BasketView()
            page.setup(self.request)
            context = page.get_context_data(
                error={"line": line.pk, "message": str(error), "typed": typed}
            )
            return page.render_to_response(context)
        messages.success(self.request, _("Your basket has been changed."))
        return redirect("basket:summary")

    def _remove(self, line: Line) -> HttpResponse:
        query = urlencode({"removed": line.product_id, "quantity": line.quantity})
        session, options = self.request.session, choices_as_typed(line.choices)
        session.pop(REMOVED_OPTIONS, None)
        if options:
            session[REMOVED_OPTIONS] = {str(line.product_id): options}
        line.delete()
        return redirect(f"{reverse('basket:summary')}?{query}")

    def _save(self, line: Line) -> HttpResponse:
        if not self.request.user.is_authenticated:
            messages.info(self.request, _("Please log in to keep things for later."))
            return redirect(
                f"{reverse('customer:login')}?next={reverse('basket:summary')}"
            )
        line_save_for_later(line=line, owner=self.request.user)
        messages.success(
            self.request,
            _("“%(title)s” is kept for later.") % {"title": product_name(line.product)},
        )
        return redirect("basket:summary")


@_from_own_page
class SavedView(View):
    """Brings a line that was saved for later back, or drops it (``action`` remove)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("basket:summary")

    def post(self, request: HttpRequest) -> HttpResponse:
        lines = Line.objects.filter(
            basket__owner=request.user, basket__status=Basket.SAVED
        )
        line = get_object_or_404(lines, pk=id_parse(request.POST.get("line", "")))
        if request.POST.get("action") == "remove":
            line.delete()
            return redirect("basket:summary")
        try:
            line_move_to_basket(line=line, basket=request.basket_without_offers)
        except BasketError as error:
            messages.error(request, str(error))
        return redirect("basket:summary")


@_from_own_page
class VoucherAddView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("basket:summary")

    def post(self, request: HttpRequest) -> HttpResponse:
        code = request.POST.get("code", "").strip()
        try:
            voucher = voucher_add(basket=request.basket, code=code, user=request.user)
        except DomainError as error:
            page = BasketView()
            page.setup(request)
            context = page.get_context_data(
                voucher_error=str(error), voucher_typed=code
            )
            return page.render_to_response(context)
        basket_apply_offers(request.basket, request)
        if not any(
            each["voucher"] == voucher for each in request.basket.offer_applications
        ):
            messages.warning(
                request,
                _(
                    "“%(code)s” is noted, but nothing in your basket gets a discount by it yet."
                )
                % {"code": voucher.code},
            )
        else:
            messages.success(
                request, _("“%(code)s” has been applied.") % {"code": voucher.code}
            )
        return redirect("basket:summary")


@_from_own_page
class VoucherRemoveView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.basket.pk:
            voucher = get_object_or_404(Voucher, pk=pk, basket=request.basket.pk)
            request.basket.vouchers.remove(voucher)
            messages.info(
                request, _("“%(code)s” has been taken off.") % {"code": voucher.code}
            )
        return redirect("basket:summary")
