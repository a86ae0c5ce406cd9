from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms_pages.choosers import category_chooser_viewset, product_chooser_viewset
from cms_pages.models import Menu
from cms_pages.rich_text import PrefetchedPageLinkHandler
from cms_pages.slugs import HOME_DEPTH, slug_is_reserved


class MenuViewSet(SnippetViewSet):
    model = Menu
    icon = "list-ul"
    menu_label = gettext_lazy("Menus")
    list_display = ["__str__", "place", "site", "position"]
    list_filter = ["place", "site"]
    add_to_settings_menu = True


register_snippet(MenuViewSet)


@hooks.register("register_admin_viewset")
def register_choosers():
    return [product_chooser_viewset, category_chooser_viewset]


@hooks.register("register_rich_text_features", order=10)
def register_page_links(features):
    features.register_link_type(PrefetchedPageLinkHandler)


@hooks.register("before_move_page")
def refuse_move_onto_the_shop(request, page, destination):
    """The form of a page refuses such a slug; moving knows no form."""
    if (
        request.method == "POST"
        and destination.depth == HOME_DEPTH
        and slug_is_reserved(page.slug)
    ):
        messages.error(
            request,
            _("“%(slug)s” is an address of the shop itself. Change the slug first.")
            % {"slug": page.slug},
        )
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
