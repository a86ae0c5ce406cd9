from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column
from oscar.apps.dashboard.catalogue import tables as oscar


class ProductTable(oscar.ProductTable):
    """Oscar's, with how many people want to be told when it is back."""

    waiting = Column(
        verbose_name=_("Waiting for stock"), attrs={"td": {"class": "nums"}}
    )

    class Meta(oscar.ProductTable.Meta):
        pass

    def render_waiting(self, value):
        return value or "–"


class CategoryTable(oscar.CategoryTable):
    class Meta(oscar.CategoryTable.Meta):
        pass

    def render_name(self, value, record):
        """With its parents in search results. Oscar's (4.2) does not escape names there."""
        name = record.full_name if self.request.GET.get("name") else value
        url = reverse("dashboard:catalogue-category-update", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, name)
