from decimal import Decimal

import pytest
from django.utils import translation

from foundation.core.templatetags.money import money
from foundation.core.templatetags.text import keep_units, plain_text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "−€8.85"), ("de", "−8,85\xa0€"), ("fr", "−8,85\xa0€")]
)
def test_negative_amount_has_a_minus_sign(language, text):
    with translation.override(language):
        assert money(Decimal("-8.85"), "EUR") == text


def test_no_amount_is_no_text():
    assert money(None, "EUR") == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Rust, 26 l", "Rust, 26\xa0l"),
        ("120 × 60 cm", "120 × 60\xa0cm"),
        ("1.5 kg, 40 W", "1.5\xa0kg, 40\xa0W"),
        ("2 lamps", "2 lamps"),
        ("12 light", "12 light"),
        ("", ""),
    ],
)
def test_unit_stays_with_its_number(text, kept):
    assert keep_units(text) == kept


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two &amp; three.</p>", "One. Two & three."),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ("One<br>two <b>t</b>hree", "One two three"),
        ("", ""),
    ],
)
def test_paragraphs_stay_apart_without_their_tags(html, text):
    assert plain_text(html) == text
