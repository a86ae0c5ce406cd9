from django.forms.models import inlineformset_factory
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.catalogue import formsets as oscar

from backoffice.catalogue.forms import ProductImageForm
from catalogue.models import Product, ProductImage

BaseProductImageFormSet = inlineformset_factory(
    Product, ProductImage, form=ProductImageForm, extra=0
)


class ProductImageFormSet(BaseProductImageFormSet):  # type: ignore[valid-type,misc]
    """Pictures are added from the library, as many at once as one chooses."""

    def __init__(self, product_class, user, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")


class StockRecordFormSet(oscar.StockRecordFormSet):
    """One empty form only where there is no stock record yet."""

    @property
    def extra(self):
        return 0 if self.initial_form_count() else 1
