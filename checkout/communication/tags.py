"""All tags and filters of typed mail texts.

None loads a file, keeps a value, joins or pads: the work of a text is bounded by its length
and by the rows of one loop.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import defaultfilters, defaulttags
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.translation import gettext as _

from foundation.core.templatetags.money import money

LONGEST_LOOP = 200_000
"""Characters that the loops of a text may draw together."""

register = template.Library()
register.tag("if", defaulttags.do_if)
register.tag("comment", defaulttags.comment)
register.filter("money", money)
for name in (
    *("capfirst", "lower", "title", "upper", "truncatechars", "linebreaksbr"),
    *("date", "default", "length", "pluralize", "yesno"),
):
    register.filter(name, getattr(defaultfilters, name))


class TooLongError(Exception):
    """Loops draw more than ``LONGEST_LOOP``."""


class LoopNode(template.Node):
    child_nodelists = ("body",)

    def __init__(self, name: str, rows: FilterExpression, body: NodeList) -> None:
        self.name = name
        self.rows = rows
        self.body = body

    def render(self, context: template.Context) -> str:
        rows: Any = self.rows.resolve(context, ignore_failures=True)
        drawn = []
        for row in rows if isinstance(rows, list) else ():
            with context.push(**{self.name: row}):
                drawn.append(self.body.render(context))
            length = int(context.render_context.get("drawn") or 0) + len(drawn[-1])
            context.render_context["drawn"] = length
            if length > LONGEST_LOOP:
                raise TooLongError
        return "".join(drawn)


@register.tag("for")
def loop(parser: Parser, token: Token) -> LoopNode:
    """``{% for line in summary.lines %} … {% endfor %}``, over a list, not inside another loop."""
    match token.split_contents():
        case ["for", name, "in", rows] if name.isidentifier():
            body = parser.parse(["endfor"])
        case _:
            raise template.TemplateSyntaxError(
                _("A loop is written as {% for line in summary.lines %}.")
            )
    parser.delete_first_token()
    if body.get_nodes_by_type(LoopNode):
        raise template.TemplateSyntaxError(_("A loop cannot be inside another loop."))
    return LoopNode(name, parser.compile_filter(rows), body)
