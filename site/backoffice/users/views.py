from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from oscar.apps.dashboard.users import views as oscar
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from backoffice.users.forms import UserCreationForm, UserEditForm
from checkout.order.selectors import counted_orders, sales_figures


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update=False):
        return UserEditForm if for_update else UserCreationForm


class IndexView(oscar.IndexView):
    """Oscar's list of customers under ``/dashboard/users/``."""

    def get_queryset(self):
        of_person = (
            counted_orders().filter(user=OuterRef("pk")).order_by().values("user")
        )
        number = Subquery(of_person.annotate(number=Count("pk")).values("number"))
        return (
            super()
            .get_queryset()
            .select_related(None)
            .annotate(num_orders=Coalesce(number, 0))
        )


class UserDetailView(oscar.UserDetailView):
    def get_context_data(self, **kwargs):
        figures = sales_figures(counted_orders().filter(user=self.object))
        return super().get_context_data(figures=figures, **kwargs)
