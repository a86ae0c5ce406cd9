"""The back office's list of answers to a form."""

from wagtail.contrib.forms.views import (
    SubmissionsListView as WagtailSubmissionsListView,
)

from foundation.core.spreadsheets import text_neutralise


class SubmissionsListView(WagtailSubmissionsListView):
    """Answers to a form, in an order. No question or answer of an exported workbook is a formula."""

    def get_ordering(self):
        """Wagtail (8.0) keeps no order where the address asks for one that it doesn't know."""
        return super().get_ordering() or self.default_ordering

    def get_heading(self, queryset, field):
        return text_neutralise(super().get_heading(queryset, field))

    def preprocess_field_value(self, field, value, export_format):
        cell = super().preprocess_field_value(field, value, export_format)
        return text_neutralise(cell) if isinstance(cell, str) else cell
