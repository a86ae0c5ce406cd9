from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _
from oscar.apps.dashboard.reviews import forms as oscar
from oscar.apps.dashboard.reviews.forms import ProductReviewSearchForm

__all__ = ["DashboardProductReviewForm", "ProductReviewSearchForm"]


class DashboardProductReviewForm(oscar.DashboardProductReviewForm):
    """Approves a review that waits only if somebody says so; Oscar (4.2) has chosen it beforehand."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.status == self.instance.FOR_MODERATION:
            status = cast("forms.ChoiceField", self.fields["status"])
            status.choices = [("", _("Please choose")), *self.choices]
            self.initial["status"] = ""
