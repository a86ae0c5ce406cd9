import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
"""What could end the script element, as in ``django.utils.html.json_script``."""


@register.simple_tag
def structured_data(data: Mapping[str, Any]) -> SafeString:
    """Return ``data`` (schema.org terms) as a JSON-LD script, which browsers don't run."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308 - escaped above
    )


@register.simple_tag(takes_context=True)
def absolute_url(context, url: str) -> str:
    """Return ``url`` with the scheme, host and port that the visitor asked for."""
    return context["request"].build_absolute_uri(url)
