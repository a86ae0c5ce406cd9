from django import template

from cms_pages.navigation import (
    MenuColumn,
    MenuItem,
    SiteView,
    menu_marked,
    navigation_for_request,
)

register = template.Library()


@register.simple_tag(takes_context=True)
def site_settings(context) -> SiteView:
    """Name, contact and footer of the shop."""
    return navigation_for_request(context.get("request")).site


@register.simple_tag(takes_context=True)
def main_menu(context) -> tuple[MenuItem, ...]:
    """Entries with at most one level below; those that lead here are marked."""
    request = context.get("request")
    items = navigation_for_request(request).main
    return menu_marked(items, request.path) if request else items


@register.simple_tag(takes_context=True)
def footer_menus(context) -> tuple[MenuColumn, ...]:
    return navigation_for_request(context.get("request")).footer
