from django import forms
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.reviews.forms import (
    ProductReviewForm as OscarProductReviewForm,
)
from oscar.apps.catalogue.reviews.forms import SortReviewsForm, VoteForm

__all__ = ["ProductReviewForm", "SortReviewsForm", "VoteForm"]

STARS = range(5, 0, -1)


class ProductReviewForm(OscarProductReviewForm):
    """A review with one to five stars; Oscar's (4.2) offers and accepts none."""

    score = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        choices=[("", _("Please choose")), *((stars, stars) for stars in STARS)],
    )
