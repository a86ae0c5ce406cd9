from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, TemplateColumn
from oscar.apps.dashboard.users import tables as oscar


class UserTable(oscar.UserTable):
    num_orders = Column(verbose_name=_("Number of orders"))
    actions = TemplateColumn(
        template_name="oscar/dashboard/users/user_row_actions.html",
        verbose_name="",
        orderable=False,  # Oscar's (4.2) heading is a link without a name
    )

    class Meta(oscar.UserTable.Meta):
        order_by_field = "sort"

    def order_num_orders(self, queryset, is_descending):
        return queryset.order_by(
            "-num_orders" if is_descending else "num_orders", "-date_joined"
        ), True
