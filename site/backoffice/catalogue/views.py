from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext
from django.views.generic import FormView
from oscar.apps.dashboard.catalogue import views as oscar
from wagtail.images.widgets import AdminImageChooser

from backoffice.catalogue.forms import VariantsForm
from catalogue.models import Product
from catalogue.partner.models import StockRecord
from catalogue.partner.services import price_change
from catalogue.services import product_create_variants
from checkout.customer.alerts.selectors import waiting_count
from foundation.audit.changes import actor
from foundation.audit.services import audit_record
from foundation.core.errors import DomainError


class ProductListView(oscar.ProductListView):
    def get_queryset(self):
        """With ``waiting``: how many people want to be told when it is back."""
        return super().get_queryset().annotate(waiting=waiting_count(OuterRef("pk")))


class ProductCreateUpdateView(oscar.ProductCreateUpdateView):
    """Product, pictures, stock and prices are saved together or not at all."""

    @transaction.atomic
    def process_all_forms(self, form):
        return super().process_all_forms(form)

    form_valid = form_invalid = process_all_forms

    def forms_invalid(self, form, formsets):
        """The page is named after the product as it is stored, not by a title that was refused."""
        if not self.creating:
            self.object.refresh_from_db(fields=["title"])
        return super().forms_invalid(form, formsets)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            image_chooser=AdminImageChooser(), waiting=self._waiting(), **kwargs
        )

    def _waiting(self) -> int:
        if self.object is None:
            return 0
        products = Product.objects.filter(pk=self.object.pk)
        found = products.annotate(waiting=waiting_count(OuterRef("pk")))
        return found.values_list("waiting", flat=True).get()


class ProductVariantsView(FormView):
    """All variants of a product in one step: every combination of the options chosen."""

    template_name = "oscar/dashboard/catalogue/product_variants.html"
    form_class = VariantsForm

    def dispatch(self, request, *args, **kwargs):
        self.product = get_object_or_404(Product, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "product": self.product}

    def get_context_data(self, **kwargs):
        return super().get_context_data(product=self.product, **kwargs)

    def form_valid(self, form):
        try:
            with transaction.atomic():
                made = product_create_variants(
                    parent=self.product,
                    axes=form.chosen_axes(form.cleaned_data),
                    actor=actor(),
                )
                self._fill(made, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            ngettext(
                "%(count)d variant was made.",
                "%(count)d variants were made.",
                len(made),
            )
            % {"count": len(made)},
        )
        return redirect("dashboard:catalogue-product", pk=self.product.pk)

    def _fill(self, made, data):
        for record in StockRecord.objects.filter(product__in=made).order_by("pk"):
            if data.get("num_in_stock") is not None:
                record.num_in_stock = data["num_in_stock"]
                record.save(update_fields=["num_in_stock", "date_updated"])
            if data.get("price"):
                price_change(stockrecord=record, amount=data["price"], actor=actor())


class CategoryCreateView(oscar.CategoryCreateView):
    def get_initial(self):
        """Oscar 4.2 names the field as treebeard before 5.1 did."""
        initial = super().get_initial()
        initial["treebeard_ref_node"] = self.kwargs.get("parent")
        return initial


class CategoryUpdateView(oscar.CategoryUpdateView):
    def form_invalid(self, form):
        """Oscar 4.2 links to the page of the category, also where its new slug is none."""
        self.object = self.get_object()
        return super().form_invalid(form)

    def form_valid(self, form):
        """A move in the tree is written past the model: it is recorded here."""
        before = self.get_object().get_parent()
        with transaction.atomic():
            response = super().form_valid(form)
            after = self.get_object().get_parent()
            if before != after:
                audit_record(
                    instance=self.object,
                    action="audit.change",
                    actor=actor(),
                    before={"parent": str(before or "")},
                    after={"parent": str(after or "")},
                )
        return response
