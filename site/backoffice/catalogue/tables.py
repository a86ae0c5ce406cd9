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
