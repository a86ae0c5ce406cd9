"""Every component of the base theme is complete: a template, sample data, and the two fit."""

import pytest

from storefront.styleguide import COMPONENTS, component_names, specimen


@pytest.mark.parametrize("name", component_names())
def test_component_is_drawn_with_its_sample(name):
    assert specimen(name).html.strip()


@pytest.mark.parametrize("name", component_names())
def test_component_has_no_inline_style_or_script(name):
    source = (COMPONENTS / name / f"{name}.html").read_text()

    assert "style=" not in source.replace("style=%", "")
    assert "<script" not in source
