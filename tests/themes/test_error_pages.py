"""Pages for when something is wrong ask nothing of the database, which may be what is wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory


@pytest.mark.parametrize(
    "name",
    [
        "400.html",
        "403.html",
        "403_csrf.html",
        "413.html",
        "429.html",
        "same_origin_confirm.html",
    ],
)
def test_error_page_is_drawn_without_a_query(name):
    html = render_to_string(name, {}, request=RequestFactory().get("/"))

    assert "<h1" in html


def test_server_error_page_needs_no_context():
    assert "<h1" in render_to_string("500.html")
