"""Choosing products and categories in the page editor."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser as views
from wagtail.admin.viewsets.chooser import ChooserViewSet


class PartOfNameFilterForm(BaseFilterForm):
    """Finds by any part of what the list shows; no index needs to be up to date."""

    names: tuple[str, ...] = ()

    q = forms.CharField(
        label=_("Search term"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
    )

    def filter(self, objects: QuerySet) -> QuerySet:
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        condition = Q()
        for name in self.names:
            condition |= Q(**{f"{name}__icontains": self.search_query or ""})
        return objects.filter(condition) if self.search_query else objects


class ProductFilterForm(PartOfNameFilterForm):
    names = ("title", "upc")


class CategoryFilterForm(PartOfNameFilterForm):
    names = ("name",)


class ProductChooseMixin:
    filter_form_class = ProductFilterForm

    @property
    def columns(self):
        return [
            *super().columns,  # type: ignore[misc]
            Column("upc", label=_("Article number"), accessor="upc"),
        ]


class ProductChooseView(ProductChooseMixin, views.ChooseView):
    pass


class ProductChooseResultsView(ProductChooseMixin, views.ChooseResultsView):
    pass


class CategoryChooseView(views.ChooseView):
    filter_form_class = CategoryFilterForm


class CategoryChooseResultsView(views.ChooseResultsView):
    filter_form_class = CategoryFilterForm


class ProductChooserViewSet(ChooserViewSet):
    """Products that can have a page of their own: no variants, nothing withdrawn."""

    model = "catalogue.Product"
    icon = "tag"
    choose_one_text = _("Choose a product")
    choose_another_text = _("Choose another product")
    edit_item_text = _("Edit this product")
    choose_view_class = ProductChooseView
    choose_results_view_class = ProductChooseResultsView
    register_widget = False

    def get_object_list(self):
        from catalogue.models import Product

        return (
            Product.objects.filter(is_public=True)
            .exclude(structure=Product.CHILD)
            .order_by("title", "pk")
        )


class CategoryChooserViewSet(ChooserViewSet):
    model = "catalogue.Category"
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a category")
    choose_another_text = _("Choose another category")
    edit_item_text = _("Edit this category")
    choose_view_class = CategoryChooseView
    choose_results_view_class = CategoryChooseResultsView
    register_widget = False

    def get_object_list(self):
        from catalogue.models import Category

        return Category.objects.filter(is_public=True).order_by("path")


product_chooser_viewset = ProductChooserViewSet("cms_product_chooser")
category_chooser_viewset = CategoryChooserViewSet("cms_category_chooser")
