"""What templates of pages show beside the fields of the page."""

from django import template
from wagtail.models import Page

from catalogue.selectors import CategoryLink, category_roots
from cms_pages import lineage, selectors
from cms_pages.models import ArticleIndexPage, ArticlePage
from cms_pages.models.base import SitePage
from foundation.media.images import image_view

register = template.Library()


@register.simple_tag
def breadcrumbs(page: SitePage) -> list[lineage.Crumb]:
    """From below home down to ``page``; none on home."""
    return lineage.breadcrumbs(page.get_lineage())


@register.simple_tag(takes_context=True)
def sharing_image_url(context, page: SitePage) -> str:
    """Address with host of what a shared link shows; empty without a picture."""
    image = page.get_sharing_image()
    request = context["request"]
    return request.build_absolute_uri(image_view(image).url) if image else ""


@register.simple_tag(takes_context=True)
def article_listing(context, index: ArticleIndexPage) -> selectors.ArticleListing:
    """Articles below ``index`` as the address asks for them; read once for a template."""
    if index not in context.render_context:
        asked = context["request"].GET
        context.render_context[index] = selectors.article_listing(
            index, tag=asked.get("tag", ""), page=asked.get("page", "1")
        )
    return context.render_context[index]


@register.simple_tag
def article_tags(article: ArticlePage) -> list[selectors.TagLink]:
    return selectors.article_tags(article)


@register.simple_tag
def related_articles(article: ArticlePage) -> list[selectors.Teaser]:
    """What to read next."""
    return selectors.related_articles(article)


@register.simple_tag
def latest_articles(page: Page) -> list[selectors.Teaser]:
    """The latest articles below ``page``."""
    return selectors.latest_articles(page)


@register.simple_tag
def top_categories() -> list[CategoryLink]:
    """The categories of the first level."""
    return category_roots()
