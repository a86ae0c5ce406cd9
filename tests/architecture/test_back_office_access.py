"""Who may open what: every address of the back office × every role × GET and POST.

``TABLE`` is read from the top, the first pattern that fits an address's name
counts; an address that no row names fails the test. Letters: ``m`` marketer,
``c`` merchandiser (catalogue), ``s`` support, ``a`` administrator.

Asked as a script asks, so that a refusal is 403 (a person is led to the first
page instead). Who may not gets 403, or 404 and 405 where those come first; who
may gets anything but 403 and an error: also a form that is not valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from oscar.core.loading import get_model
from oscar.test import factories as oscar
from wagtail.models import Collection, Locale, Page, Site, Task, Workflow

from backoffice import roles
from catalogue import factories
from foundation.accounts.models import User
from foundation.media.models import LibraryDocument

ROLES = {
    "m": roles.MARKETER,
    "c": roles.MERCHANDISER,
    "s": roles.SUPPORT,
    "a": roles.ADMINISTRATOR,
}
REFUSED = {403, 404, 405}

# URL name pattern, who may read, who may write (if others than who may read); "-" is nobody.
TABLE = """
    dashboard:index                                     mcsa
    dashboard:log*                                      mcsa
    dashboard:history                                   csa
    dashboard:catalogue-product-list                    csa     ca
    dashboard:catalogue-product-lookup                  csa
    dashboard:catalogue-*                               ca
    dashboard:stock-alert-list                          csa
    dashboard:range-*                                   ca
    dashboard:offer-*                                   ca
    dashboard:voucher-*                                 ca
    dashboard:reviews-delete                            ca
    dashboard:reviews-*                                 csa
    dashboard:order-detail                              csa     sa
    dashboard:order-list                                csa     sa
    dashboard:order-line-detail                         csa
    dashboard:order-stats                               csa
    dashboard:order-*                                   sa
    dashboard:partner-delete                            a
    dashboard:partner-*                                 ca
    dashboard:reports-index                             ca
    dashboard:user-alert-list                           sa
    dashboard:user-alert-*                              a
    dashboard:user-password-reset                       a
    dashboard:user-detail                               sa
    dashboard:users-index                               sa      a
    dashboard:comms-*                                   a
    dashboard:shipping-*                                a

    failed_jobs*                                        csa

    cms_*_chooser:create                                ca
    cms_*_chooser:*                                     mcsa
    wagtailsnippetchoosers_*:create                     ma
    wagtailsnippetchoosers_*                            mcsa
    wagtailsnippets*                                    ma
    wagtailsettings:*                                   ma
    wagtailredirects:*                                  ma
    wagtailforms:*                                      ma
    wagtailimages_chooser:choose*                       mcsa
    wagtailimages_chooser:chosen_multiple               mcsa
    wagtailimages*                                      mca
    wagtaildocs_chooser:choose*                         mcsa
    wagtaildocs_chooser:chosen_multiple                 mcsa
    wagtaildocs*                                        ma
    wagtailembeds:*                                     mcsa
    wagtail_bulk_action                                 mca

    wagtailadmin_pages:choose_parent                    mcsa
    wagtailadmin_pages:confirm_workflow_cancellation    mcsa
    wagtailadmin_pages:move_confirm                     mcsa    ma
    wagtailadmin_pages:revisions_index                  mcsa
    wagtailadmin_pages:workflow_preview                 mcsa
    wagtailadmin_pages:*                                ma
    wagtailadmin_explore*                               ma
    wagtailadmin_reports:site_history*                  mcsa
    wagtailadmin_reports:*                              ma
    wagtailadmin_workflows:task_ch*                     mcsa
    wagtailadmin_workflows:*                            a
    wagtailadmin_collections:*                          a
    wagtailadmin_api:pages:action                       ma
    wagtailadmin_*                                      mcsa
    wagtailsites:*                                      a
    wagtailusers_users:index*                           sa
    wagtailusers_*                                      a
"""

NOT_ASKED = {
    "wagtailadmin_error_test": "raises an error on purpose",
    "wagtailadmin_logout": "ends the session of the test",
    "dashboard:logout": "ends the session of the test",
}

FORM_EXPECTED = (
    "cms_*_chooser:create",  # has no form, and nothing leads there
    "wagtailsnippetchoosers_*:create",  # the same
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_pages:add",
    "wagtailadmin_pages:copy",
    "wagtailadmin_pages:edit",
    "wagtailadmin_pages:revisions_revert",
    "wagtailredirects:process_import",
    "wagtailsettings:edit",
    "wagtailsnippets_cms_pages_menu:*",
)
"""Here Wagtail 8.0 fails on a POST that lacks what its own form sends: who may is asked
for reading alone, who may not is refused before."""


def back_office_addresses() -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, route and parameters of every address, unnamed ones left out."""
    found = []
    for route, name, pattern in _walk(get_resolver()):
        if route.startswith(("cms/", "dashboard/")) and pattern.name:
            parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
            found.append((name, route, tuple(parameters)))
    return found


def _walk(resolver, prefix="", spaces=()) -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, ":".join((*spaces, pattern.name or "")), pattern
        else:
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, route, inner)


@cache
def rows() -> list[tuple[str, str, str]]:
    table = []
    for line in filter(None, map(str.strip, TABLE.splitlines())):
        pattern, reading, *writing = line.split()
        table.append((pattern, reading, writing[0] if writing else reading))
    return table


def allowed(name: str, method: str) -> str | None:
    """Letters of the roles that may; ``None`` where no row names the address."""
    for pattern, reading, writing in rows():
        if fnmatchcase(name, pattern):
            return reading if method == "get" else writing
    return None


# --- Something to open ------------------------------------------------------------------


@pytest.fixture
def world(db) -> dict[str, object]:
    """One object of each kind; values for parameters, by pattern of the address's name."""
    category = factories.CategoryFactory()
    product = factories.ProductFactory(categories=[category])
    parent = factories.ParentFactory(categories=[category])
    axis = factories.AxisFactory(product_class=parent.product_class, options=["Red"])
    image = factories.LibraryImageFactory()
    document = LibraryDocument.objects.create(title="Guide", file="guide.pdf")
    customer = User.objects.create_user("customer@example.com")
    offer = oscar.ConditionalOfferFactory()
    order = _order(product, customer)
    note = order.notes.create(user=customer, message="Leave it at the door")
    review = get_model("reviews", "ProductReview").objects.create(
        product=product, user=customer, title="Good", body="Good", score=5
    )
    alert = get_model("customer", "ProductAlert").objects.create(
        user=customer, product=product
    )
    method = get_model("shipping", "WeightBased").objects.create(name="By weight")
    band = method.bands.create(upper_limit=1, charge=1)
    option = get_model("catalogue", "Option").objects.create(name="Engraving")
    author = get_model("cms_pages", "Author").objects.create(
        name="Ada", locale=Locale.get_default()
    )
    menu = get_model("cms_pages", "Menu").objects.create(
        place="main",
        title="Menu",
        site=Site.objects.get(is_default_site=True),
        locale=Locale.get_default(),
    )
    redirect = get_model("wagtailredirects", "Redirect").objects.create(
        old_path="/old", redirect_link="/new"
    )
    voucher = oscar.VoucherFactory()
    voucher_set = oscar.VoucherSetFactory()
    range_ = oscar.RangeFactory()
    communication, _ = get_model(
        "communication", "CommunicationEventType"
    ).objects.get_or_create(code="hello", defaults={"name": "Hello"})
    home = Site.objects.get(is_default_site=True).root_page.specific
    revision = home.save_revision()
    form_page = home.add_child(
        instance=get_model("cms_pages", "FormPage")(title="Contact", slug="contact-us")
    )
    collection = Collection.get_first_root_node().add_child(name="Press")
    return {
        "dashboard:catalogue-attribute-option-group*.pk": axis.option_group.pk,
        "dashboard:catalogue-category*.pk": category.pk,
        "dashboard:catalogue-category*.parent": category.pk,
        "dashboard:catalogue-class*.pk": product.product_class.pk,
        "dashboard:catalogue-option*.pk": option.pk,
        "dashboard:catalogue-product-variants.pk": parent.pk,
        "dashboard:catalogue-product*.pk": product.pk,
        "dashboard:*.parent_pk": parent.pk,
        "dashboard:*.product_class_slug": product.product_class.slug,
        "dashboard:comms*.slug": communication.code,
        "dashboard:history.model": "catalogue.product",
        "dashboard:history.pk": product.pk,
        "dashboard:offer*.pk": offer.pk,
        "dashboard:*.number": order.number,
        "dashboard:*.note_id": note.pk,
        "dashboard:*.line_id": order.lines.get().pk,
        "dashboard:partner*.pk": product.stockrecords.get().partner.pk,
        "dashboard:*.partner_pk": product.stockrecords.get().partner.pk,
        "dashboard:*.user_pk": customer.pk,
        "dashboard:range*.pk": range_.pk,
        "dashboard:reviews*.pk": review.pk,
        "dashboard:shipping-method-band*.pk": band.pk,
        "dashboard:shipping*.pk": method.pk,
        "dashboard:*.method_pk": method.pk,
        "dashboard:user-alert*.pk": alert.pk,
        "dashboard:user*.pk": customer.pk,
        "dashboard:voucher-set*.pk": voucher_set.pk,
        "dashboard:voucher*.pk": voucher.pk,
        "cms_product_chooser*.pk": product.pk,
        "cms_category_chooser*.pk": category.pk,
        "wagtailimages*.pk": image.pk,
        "*.image_id": image.pk,
        "*.filter_spec": "width-100",
        "wagtaildocs*.pk": document.pk,
        "*.document_id": document.pk,
        "*.doc_id": document.pk,
        "wagtailadmin_collections*.pk": collection.pk,
        "*.collection_id": collection.pk,
        "wagtailadmin_workflows:*task*.pk": Task.objects.first().pk,
        "wagtailadmin_workflows:*.pk": Workflow.objects.first().pk,
        "*.workflow_pk": Workflow.objects.first().pk,
        "*.task_id": Task.objects.first().pk,
        "wagtailforms:*.page_id": form_page.pk,
        "*.page_pk": home.pk,
        "*.page_id": home.pk,
        "*.parent_page_id": home.pk,
        "*.page_to_move_id": home.pk,
        "*.destination_id": Page.get_first_root_node().pk,
        "*.revision_id": revision.pk,
        "wagtailadmin_api:images*.pk": image.pk,
        "wagtailadmin_api:documents*.pk": document.pk,
        "wagtailadmin_api:pages*.pk": home.pk,
        "wagtailadmin_pages:*.pk": home.pk,
        "*.action_name": "copy",
        "*.content_type_app_name": "cms_pages",
        "*.content_type_model_name": "standardpage",
        "wagtailadmin_pages:choose_parent.app_label": "cms_pages",
        "wagtailadmin_pages:choose_parent.model_name": "standardpage",
        "wagtailadmin_workflows:*.app_label": "wagtailcore",
        "wagtailadmin_workflows:*.model_name": "groupapprovaltask",
        "wagtail_bulk_action.app_label": "media",
        "wagtail_bulk_action.model_name": "libraryimage",
        "wagtail_bulk_action.action": "delete",
        "*.redirect_id": redirect.pk,
        "wagtailsettings*.app_name": "cms_pages",
        "wagtailsettings*.model_name": "sitesettings",
        "wagtailsettings*.pk": Site.objects.first().pk,
        "*.app_name": "taggit",
        "*.model_name": "tag",
        "wagtailsites*.pk": Site.objects.first().pk,
        "wagtailsnippet*author*.pk": author.pk,
        "wagtailsnippet*menu*.pk": menu.pk,
        "wagtailusers_groups*.pk": Group.objects.get(name=roles.SUPPORT).pk,
        "wagtailusers_users*.pk": customer.pk,
        "*.revision_id_?": "live",
        "*.app_label": "cms_pages",
        "*": 1,
    }


def _order(product, customer):
    order = oscar.OrderFactory(user=customer)
    record = product.stockrecords.get()
    oscar.OrderLineFactory(
        order=order,
        product=product,
        stockrecord=record,
        partner=record.partner,
        partner_sku=record.partner_sku,
    )
    return order


def path_of(route: str, name: str, world) -> str:
    """The address with the world's objects in it."""

    def value(match):
        key = f"{name}.{match[1]}"
        return str(
            next(each for pattern, each in world.items() if fnmatchcase(key, pattern))
        )

    filled = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)", value, route)
    filled = re.sub(r"<(?:\w+:)?(\w+)>", value, filled)
    return "/" + filled.replace("^", "").replace("$", "").replace("\\", "")


def ask(client: Client, method: str, path: str) -> int:
    """The status; what the request did is taken back."""
    with transaction.atomic():
        response = getattr(client, method)(
            path, headers={"X-Requested-With": "XMLHttpRequest"}
        )
        transaction.set_rollback(True)
    return response.status_code


def log_in(role: str | None, **flags) -> Client:
    user = User.objects.create_user(f"{role or 'nobody'}@example.com", **flags)
    if role:
        user.groups.add(Group.objects.get(name=ROLES[role]))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


# --- The tests ------------------------------------------------------------------------


def test_every_address_has_a_row():
    missing = sorted(
        {name for name, *_ in back_office_addresses() if allowed(name, "get") is None}
    )

    assert missing == []


def test_every_row_is_about_an_address():
    names = {name for name, *_ in back_office_addresses()}

    idle = [row[0] for row in rows() if not any(fnmatchcase(n, row[0]) for n in names)]

    assert idle == []


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_what_the_table_says(world, role):
    client = log_in(role)
    wrong = []

    for name, route, _ in back_office_addresses():
        for method in ("get", "post"):
            may = role in (allowed(name, method) or "")
            if name in NOT_ASKED or (may and method == "post" and is_form(name)):
                continue
            status = ask(client, method, path_of(route, name, world))
            if (status == 403 or status >= 500) if may else status not in REFUSED:
                wrong.append(f"{method} {name} {status}")

    assert wrong == []


@pytest.mark.parametrize(
    "flags", [{}, {"is_staff": True}], ids=["customer", "is_staff alone"]
)
def test_person_without_role_opens_nothing(world, flags):
    client = log_in(None, **flags)

    opened = [
        f"{method} {name}"
        for name, route, _ in back_office_addresses()
        for method in ("get", "post")
        if name not in NOT_ASKED and not is_open(name)
        if ask(client, method, path_of(route, name, world)) not in REFUSED
    ]

    assert opened == []


def is_form(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in FORM_EXPECTED)


def is_open(name: str) -> bool:
    """The way in: log-in, forgotten password, and what their pages load."""
    return name in {"dashboard:login", "wagtailadmin_login"} or name.startswith(
        (
            "wagtailadmin_password_reset",
            "wagtailadmin_javascript_catalog",
            "wagtailadmin_sprite",
        )
    )
