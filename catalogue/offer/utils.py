from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def range_anchor(product_range) -> SafeString:
    """A link to the range for staff. Oscar's (4.2) does not escape the name."""
    return format_html(
        '<a href="{}">{}</a>',
        reverse("dashboard:range-update", kwargs={"pk": product_range.pk}),
        product_range.name,
    )
