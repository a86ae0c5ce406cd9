"""What the body of a page shows, read once for all its blocks (:mod:`cms_pages.stories`)."""

from django import template
from wagtail.blocks import StreamValue, StructValue

from catalogue.selectors import ProductCard, product_cards
from cms_pages.stories import Story, story_of_block, story_read
from foundation.core.context import shop_context, shop_context_for_request

register = template.Library()


@register.simple_tag(takes_context=True)
def body_story(context, body: StreamValue) -> Story:
    """What ``body`` shows. Its blocks look for it under the name ``story``."""
    return story_read(body, context=shop_context_for_request(context["request"]))


@register.simple_tag(takes_context=True)
def product_card_for(context, product_id: int | None) -> ProductCard | None:
    """The card of a product, ``None`` if it is not public."""
    story = context.get("story")
    if story is not None:
        return story.cards.get(product_id)
    cards = product_cards([product_id], context=shop_context()) if product_id else []
    return cards[0] if cards else None


@register.simple_tag(takes_context=True)
def product_cards_for(context, grid: StructValue) -> list[ProductCard]:
    """The cards of a product grid in their order."""
    story = context.get("story") or story_of_block("product_grid", grid)
    return story.cards_for(grid)


@register.simple_tag(takes_context=True)
def link_url(context, call_to_action: StructValue) -> str:
    """Where a call to action leads; empty where its target is gone or not public."""
    story = context.get("story") or story_of_block("call_to_action", call_to_action)
    return story.link_url(call_to_action.get("link"))
