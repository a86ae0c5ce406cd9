"""Wishlists. Adding works from cacheable pages: no token, but only from one of the shop's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import CreateView, DeleteView, TemplateView, UpdateView, View
from oscar.core.loading import get_model

from catalogue.selectors import PRODUCTS_PER_PAGE, product_cards
from catalogue.visibility import public_products
from checkout.customer.wishlists.forms import WishListForm
from checkout.customer.wishlists.selectors import wishlist_for
from checkout.pages import AccountPageMixin, PrivatePageMixin, previous_page
from foundation.delivery.same_origin import same_origin_post

WishList = get_model("wishlists", "WishList")


class WishListListView(AccountPageMixin, TemplateView):
    template_name = "oscar/customer/wishlists/wishlists_list.html"
    active_tab = "wishlists"
    page_title = gettext_lazy("Wish lists")

    def get_context_data(self, **kwargs):
        wishlists = self.request.user.wishlists.prefetch_related("lines")
        return super().get_context_data(wishlists=wishlists, **kwargs)


class OwnWishListMixin(AccountPageMixin):
    active_tab = "wishlists"
    model = WishList
    slug_field = slug_url_kwarg = "key"
    context_object_name = "wishlist"

    def get_queryset(self):
        return self.request.user.wishlists.all()


class WishListDetailView(OwnWishListMixin, TemplateView):
    template_name = "oscar/customer/wishlists/wishlists_detail.html"

    def get_context_data(self, **kwargs):
        wishlist = get_object_or_404(self.get_queryset(), key=self.kwargs["key"])
        lines = list(wishlist.lines.all())
        cards = {
            card.id: card
            for card in product_cards(
                [line.product_id for line in lines if line.product_id],
                context=self.request.strategy.context,
            )
        }
        return super().get_context_data(
            wishlist=wishlist,
            page_title=wishlist.name,
            items=[(line, cards.get(line.product_id)) for line in lines],
            link=self.request.build_absolute_uri(wishlist.get_shared_url()),
            **kwargs,
        )


class WishListFormMixin(OwnWishListMixin):
    template_name = "oscar/customer/wishlists/wishlists_form.html"
    form_class = WishListForm

    def form_valid(self, form):
        form.instance.owner = self.request.user
        return super().form_valid(form)


class WishListCreateView(WishListFormMixin, CreateView):
    page_title = gettext_lazy("New wish list")

    def form_valid(self, form):
        pk = self.kwargs.get("product_pk")
        product = get_object_or_404(public_products(), pk=pk) if pk else None
        response = super().form_valid(form)
        if product is not None:
            self.object.add(product)
        return response


class WishListUpdateView(WishListFormMixin, UpdateView):
    page_title = gettext_lazy("Edit wish list")


class WishListView(PrivatePageMixin, TemplateView):
    """A wish list for those with whom it is shared: what can be bought of it, and no names.

    Who has not logged in is sent to do so whether the list exists or not.
    """

    template_name = "oscar/wishlists/wishlist_detail.html"

    def get(self, request, *args, **kwargs):
        wishlist = wishlist_for(key=kwargs["key"], user=request.user)
        if wishlist is None and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if wishlist is None:
            raise Http404(
                _("There is no such wish list, or it is not shared with you.")
            )
        lines = wishlist.lines.filter(product__in=public_products())
        page = Paginator(lines, PRODUCTS_PER_PAGE).get_page(request.GET.get("page"))
        cards = product_cards(
            [line.product_id for line in page], context=request.strategy.context
        )
        return self.render_to_response(
            self.get_context_data(wishlist=wishlist, cards=cards, page_obj=page)
        )


class WishListDeleteView(OwnWishListMixin, DeleteView):
    template_name = "oscar/customer/wishlists/wishlists_delete.html"
    page_title = gettext_lazy("Delete this wish list?")

    def get_success_url(self):
        from django.urls import reverse

        return reverse("customer:wishlists-list")


@method_decorator(never_cache, name="dispatch")
@method_decorator(same_origin_post, name="dispatch")
class WishListAddProduct(View):
    """Keeps a product; a guest logs in first and then finds a button that does it."""

    def get(self, request: HttpRequest, product_pk: int, key: str = "") -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        if key:
            get_object_or_404(request.user.wishlists, key=key)
        context = {
            "product": get_object_or_404(public_products(), pk=product_pk),
            "messages": messages.get_messages(request),
        }
        return render(
            request, "oscar/customer/wishlists/wishlists_add_product.html", context
        )

    def post(
        self, request: HttpRequest, product_pk: int, key: str = ""
    ) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        product = get_object_or_404(public_products(), pk=product_pk)
        wishlists = request.user.wishlists.order_by("-date_created")
        if key:
            wishlist = get_object_or_404(wishlists, key=key)
        else:
            wishlist = wishlists.first() or request.user.wishlists.create(
                name=_("Wish list")
            )
        if not wishlist.lines.filter(product=product).exists():
            wishlist.add(product)
        messages.success(
            request,
            _("“%(title)s” is on your wish list.") % {"title": product.get_title()},
        )
        page = previous_page(request)
        if not page or page.endswith(request.path):  # sent from the page after log-in
            return redirect(wishlist)
        return HttpResponseRedirect(page)  # redirect() would take it for a name


class WishListRemoveProduct(AccountPageMixin, View):
    http_method_names = ["post"]

    def post(self, request, key, line_pk=None, product_pk=None) -> HttpResponse:
        wishlist = get_object_or_404(request.user.wishlists, key=key)
        which = {"pk": line_pk} if line_pk else {"product": product_pk}
        line = get_object_or_404(wishlist.lines, **which)
        line.delete()
        messages.info(
            request, _("“%(title)s” is off the list.") % {"title": line.get_title()}
        )
        return redirect(wishlist)


class WishListMoveProductToAnotherWishList(AccountPageMixin, View):
    http_method_names = ["post"]

    def post(self, request, key, line_pk, to_key) -> HttpResponse:
        line = get_object_or_404(
            get_object_or_404(request.user.wishlists, key=key).lines, pk=line_pk
        )
        target = get_object_or_404(request.user.wishlists, key=to_key)
        if target.lines.filter(product=line.product).exists():
            line.delete()
        else:
            line.wishlist = target
            line.save()
        return redirect(target)
