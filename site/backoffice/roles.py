"""Who may do what: one table, from role to permissions."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)

ENTER = "wagtailadmin.access_admin"

MARKETER = "Marketer"
MERCHANDISER = "Merchandiser"
SUPPORT = "Support"
ADMINISTRATOR = "Administrator"

EVERYTHING = "*"
CRUD = ("view", "add", "change", "delete")

# "app.model" for all four permissions, "app.model: view change" for some.
PERMISSIONS = {
    MARKETER: """
        cms_pages.*
        wagtailredirects.redirect
    """,
    MERCHANDISER: """
        catalogue.*
        partner.stockrecord
        partner.stockalert: view
        partner.partner: view add change
        partner.taxclass: view
        offer.conditionaloffer
        offer.condition
        offer.benefit
        offer.range
        offer.rangeproduct
        voucher.voucher
        voucher.voucherset
        reviews.productreview: view change delete
        order.order: view
        analytics.userrecord: view
        core.outboxentry: view change delete
    """,
    SUPPORT: """
        order.order: view change
        order.ordernote
        order.shippingevent: view add
        order.shippingaddress: view change
        accounts.user: view
        customer.productalert: view
        reviews.productreview: view change
        catalogue.product: view
        partner.stockalert: view
        core.outboxentry: view change delete
    """,
    ADMINISTRATOR: EVERYTHING,
}

PAGE_PERMISSIONS = {
    MARKETER: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    ADMINISTRATOR: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}

APPROVERS = (MARKETER, ADMINISTRATOR)
"""Who approves pages that are submitted for moderation, until a person chooses otherwise."""

LIBRARY_PERMISSIONS = {
    MARKETER: ("wagtailimages.image", "wagtaildocs.document"),
    MERCHANDISER: ("wagtailimages.image",),
    ADMINISTRATOR: (
        "wagtailimages.image",
        "wagtaildocs.document",
        "wagtailcore.collection",
    ),
}
"""Who adds to, changes and chooses from which part of the library.

Wagtail asks for the permissions of its own image and document models, whatever
models are used.
"""


@transaction.atomic
def roles_create() -> None:
    """Make the roles and give them what the tables say. Idempotent.

    What a person added to a role by hand stays; permissions that do not exist
    (yet) are an error: a misspelt one would silently lock people out.
    """
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    for role, table in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(*_permissions(f"{ENTER}\n{table}"))
        _page_permissions(group, PAGE_PERMISSIONS.get(role, ()))
        _library_permissions(group, LIBRARY_PERMISSIONS.get(role, ()))
    _approvers()


def staff_flag_update(user) -> None:
    """Oscar asks for ``is_staff``; here it follows from what the roles allow.

    A person who lost every role is staff no more.
    """
    fresh = get_user_model().objects.get(pk=user.pk)
    is_staff = fresh.is_superuser or fresh.has_perm(ENTER)
    if fresh.is_staff != is_staff:
        user.is_staff = fresh.is_staff = is_staff
        fresh.save(update_fields=["is_staff"])


def _permissions(table: str) -> list[Permission]:
    if EVERYTHING in table.split():
        return list(Permission.objects.all())
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        rows = list(Permission.objects.filter(_condition(line)))
        if not rows:
            raise LookupError(f"No such permission: {line}")
        found.extend(rows)
    return found


def _condition(line: str) -> Q:
    name, _, actions = line.partition(":")
    app, _, model = name.partition(".")
    of_app = Q(content_type__app_label=app)
    if line == ENTER:
        return of_app & Q(codename=model)
    if model == "*":
        return of_app
    codenames = [f"{action}_{model}" for action in actions.split() or CRUD]
    return of_app & Q(codename__in=codenames)


def _page_permissions(group: Group, actions) -> None:
    root = Page.get_first_root_node()
    for action in actions:
        GroupPagePermission.objects.get_or_create(
            group=group,
            page=root,
            permission=Permission.objects.get(
                content_type__app_label="wagtailcore", codename=f"{action}_page"
            ),
        )


def _approvers() -> None:
    """Give moderation tasks that no role can do to ``APPROVERS``.

    Wagtail's own task belongs to a group "Moderators" that nobody is in.
    """
    for task in GroupApprovalTask.objects.exclude(groups__name__in=PERMISSIONS):
        task.groups.add(*Group.objects.filter(name__in=APPROVERS))


def _library_permissions(group: Group, kinds) -> None:
    root = Collection.get_first_root_node()
    for kind in kinds:
        app, _, model = kind.partition(".")
        for permission in Permission.objects.filter(
            content_type__app_label=app,
            codename__in=[
                f"{action}_{model}" for action in ("add", "change", "delete", "choose")
            ],
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=permission
            )
