"""Products in the body of a page, from the story that was read for all blocks at once."""

from django import template
from wagtail.blocks import StructValue

from catalogue.selectors import ProductCard, product_cards
from cms_pages.stories import story_of
from foundation.core.context import shop_context

register = template.Library()


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
    return story_of(context, "product_grid", grid).cards_for(grid)
