from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms_pages.choosers import category_chooser_viewset, product_chooser_viewset
from cms_pages.models import Menu
from cms_pages.rich_text import PrefetchedPageLinkHandler
from cms_pages.slugs import HOME_DEPTH, slug_is_reserved
from foundation.core.identifiers import id_parse


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
    if request.method == "POST":
        return _refusal(request, page, slug=page.slug, parent=destination)
    return None


@hooks.register("before_copy_page")
def refuse_copy_onto_the_shop(request, page):
    """Nor does copying look at where the slug will stand."""
    if request.method == "POST":
        chosen = id_parse(request.POST.get("new_parent_page", ""))
        parent = Page.objects.filter(pk=chosen).first()
        slug = request.POST.get("new_slug", "")
        return _refusal(request, page, slug=slug, parent=parent or page.get_parent())
    return None


def _refusal(request, page, *, slug: str, parent: Page):
    if parent.depth != HOME_DEPTH or not slug_is_reserved(slug):
        return None
    messages.error(
        request,
        _("“%(slug)s” is an address of the shop itself. Choose another slug.")
        % {"slug": slug},
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)
