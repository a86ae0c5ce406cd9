"""Who may open what: every address of the back office × every role × GET and POST.

``TABLE`` is read from the top, the first pattern that fits an address's name
counts; an address that no row names fails the test. Letters: ``m`` marketer,
``c`` merchandiser (catalogue), ``s`` support, ``a`` administrator.

Asked as a script asks, so that a refusal is 403 (a person is led to the first
page instead). Who may not gets 403, or 404 and 405 where those come first; who
may gets anything but 403 and an error: also a form that is not valid.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from backoffice import roles
from foundation.accounts.models import User
from tests.addresses import Address, all_addresses, path_of

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
    "wagtailredirects:process_import",
)
"""Here Wagtail 8.0 fails on a POST that lacks what its own form sends: who may is asked
for reading alone, who may not is refused before."""


def back_office_addresses() -> list[Address]:
    """Every address of the back office, unnamed ones left out."""
    return [
        address
        for address in all_addresses()
        if address.route.startswith(("cms/", "dashboard/")) and address.pattern.name
    ]


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


# --- Requests --------------------------------------------------------------------------


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
        {a.name for a in back_office_addresses() if allowed(a.name, "get") is None}
    )

    assert missing == []


def test_every_row_is_about_an_address():
    names = {address.name for address in back_office_addresses()}

    idle = [row[0] for row in rows() if not any(fnmatchcase(n, row[0]) for n in names)]

    assert idle == []


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_what_the_table_says(world, role):
    client = log_in(role)
    wrong = []

    for address in back_office_addresses():
        name = address.name
        for method in ("get", "post"):
            may = role in (allowed(name, method) or "")
            if name in NOT_ASKED or (may and method == "post" and is_form(name)):
                continue
            status = ask(client, method, path_of(address, world))
            if (status == 403 or status >= 500) if may else status not in REFUSED:
                wrong.append(f"{method} {name} {status}")

    assert wrong == []


@pytest.mark.parametrize(
    "flags", [{}, {"is_staff": True}], ids=["customer", "is_staff alone"]
)
def test_person_without_role_opens_nothing(world, flags):
    client = log_in(None, **flags)

    opened = [
        f"{method} {address.name}"
        for address in back_office_addresses()
        for method in ("get", "post")
        if address.name not in NOT_ASKED and not is_open(address.name)
        if ask(client, method, path_of(address, world)) not in REFUSED
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
