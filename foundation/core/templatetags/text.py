import html
import re

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import strip_tags

register = template.Library()

UNIT = re.compile(
    r"(?<=\d) (?=(?:mm|cm|m|km|mg|g|kg|ml|cl|l|W|V|A|lm|K|Hz|°C|%)(?!\w))"
)
"""The space between a number and the symbol of its unit."""
BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|div|blockquote|td|th|dt|dd)>|<(?:br|hr)\b")


@register.filter(is_safe=True)
@stringfilter
def keep_units(text: str) -> str:
    """Return ``text`` with no-break spaces between numbers and units: "26 l" stays on one line."""
    return UNIT.sub("\N{NO-BREAK SPACE}", text)


@register.filter
@stringfilter
def plain_text(source: str) -> str:
    """Return the text of HTML on one line, with a space where a block or line ends."""
    spaced = BLOCK_END.sub(r" \g<0>", source)
    return " ".join(html.unescape(strip_tags(spaced)).split())
