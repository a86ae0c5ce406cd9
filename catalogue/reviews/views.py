from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from oscar.apps.catalogue.reviews.views import AddVoteView as OscarAddVoteView
from oscar.apps.catalogue.reviews.views import (
    CreateProductReview as OscarCreateProductReview,
)

from catalogue.reviews.models import ProductReview
from catalogue.selectors import Breadcrumb, review_view
from catalogue.visibility import public_products
from foundation.delivery.same_origin import same_origin_post

SORTS = {"score": ["-score", "-pk"], "recency": ["-date_created", "-pk"]}


class ProductReviewList(TemplateView):
    """The approved reviews of a product, the most helpful first, or as ``?sort_by=`` says."""

    template_name = "oscar/catalogue/reviews/review_list.html"

    def get_context_data(self, **kwargs):
        product = get_object_or_404(public_products(), pk=kwargs["product_pk"])
        order = SORTS.get(self.request.GET.get("sort_by", ""), ["-delta_votes", "-pk"])
        reviews = (
            ProductReview.objects.approved()
            .filter(product=product)
            .select_related("product", "user")
            .order_by(*order)
        )
        paginator = Paginator(reviews, settings.OSCAR_REVIEWS_PER_PAGE)
        page = paginator.get_page(self.request.GET.get("page", 1))
        return super().get_context_data(**kwargs) | {
            "product": product,
            "reviews": [review_view(review) for review in page.object_list],
            "page_obj": page,
            "paginator": paginator,
            "breadcrumbs": [
                Breadcrumb(product.get_title(), product.get_absolute_url()),
                Breadcrumb(_("Reviews")),
            ],
        }


class ProductReviewDetail(TemplateView):
    """One approved review of a public product."""

    template_name = "oscar/catalogue/reviews/review_detail.html"

    def get_context_data(self, **kwargs):
        review = get_object_or_404(
            ProductReview.objects.approved().select_related("product", "user"),
            pk=kwargs["pk"],
            product__in=public_products().filter(pk=kwargs["product_pk"]),
        )
        return super().get_context_data(**kwargs) | {
            "product": review.product,
            "review": review_view(review),
        }


@method_decorator(never_cache, name="dispatch")
class CreateProductReview(LoginRequiredMixin, OscarCreateProductReview):
    """A customer writes one review of a product; it waits for staff to approve it."""

    @property
    def product_model(self):
        """Oscar (4.2) gives it to ``get_object_or_404``, which takes a queryset, too."""
        return public_products()

    def form_valid(self, form):
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError:  # the same form sent twice at once
            messages.warning(self.request, _("You have already reviewed this product."))
            return redirect(self.product.get_absolute_url())

    def get_success_url(self):
        messages.success(
            self.request,
            _(
                "Thank you for your review. "
                "It appears here as soon as we have approved it."
            ),
        )
        return self.product.get_absolute_url()


@method_decorator(same_origin_post, name="dispatch")
class AddVoteView(LoginRequiredMixin, OscarAddVoteView):
    """A customer says whether an approved review of a public product helped."""

    def post(self, request, *args, **kwargs):
        """Oscar (4.2) takes the primary key of any review."""
        get_object_or_404(
            ProductReview.objects.approved(),
            pk=kwargs["pk"],
            product__in=public_products().filter(pk=kwargs["product_pk"]),
        )
        return super().post(request, *args, **kwargs)
