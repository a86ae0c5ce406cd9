import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from backoffice import roles
from catalogue.factories import ProductFactory
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


def permissions(role):
    group = Group.objects.get(name=role)
    return {
        *group.permissions.values_list("content_type__app_label", "codename"),
        *group.page_permissions.values_list("page", "permission__codename"),
        *group.collection_permissions.values_list("collection", "permission__codename"),
    }


def test_roles_are_there_after_migrate():
    assert set(roles.PERMISSIONS) <= set(Group.objects.values_list("name", flat=True))


def test_making_the_roles_again_changes_nothing():
    before = {role: permissions(role) for role in roles.PERMISSIONS}

    roles.roles_create()

    assert {role: permissions(role) for role in roles.PERMISSIONS} == before


def test_making_the_roles_again_keeps_what_a_person_added():
    support = Group.objects.get(name=roles.SUPPORT)
    extra = Group.objects.get(name=roles.MARKETER).permissions.exclude(
        pk__in=support.permissions.values("pk")
    )[0]
    support.permissions.add(extra)

    roles.roles_create()

    assert extra in support.permissions.all()


def test_misspelt_permission_is_an_error(monkeypatch):
    monkeypatch.setitem(roles.PERMISSIONS, roles.SUPPORT, "order.odrer: view")

    with pytest.raises(LookupError, match="odrer"):
        roles.roles_create()


def test_staff_flag_follows_from_the_role():
    user = User.objects.create_user("u@example.com")
    support = Group.objects.get(name=roles.SUPPORT)

    user.groups.add(support)
    user.refresh_from_db()
    assert user.is_staff

    support.user_set.remove(user)
    user.refresh_from_db()
    assert not user.is_staff


def test_dashboard_log_in_is_the_cms_log_in(client):
    response = client.get(reverse("dashboard:login") + "?next=/dashboard/orders/")

    assert response.url == reverse("wagtailadmin_login") + "?next=/dashboard/orders/"


def test_stranger_is_sent_to_the_one_log_in(client):
    response = client.get(reverse("dashboard:order-list"))

    assert response.url.startswith(reverse("wagtailadmin_login"))


def test_logging_in_opens_both_worlds(client):
    user = User.objects.create_user("s@example.com", "password")
    user.groups.add(Group.objects.get(name=roles.SUPPORT))

    client.post(
        reverse("wagtailadmin_login"),
        {"username": "s@example.com", "password": "password"},
    )

    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    assert client.get(reverse("dashboard:order-list")).status_code == 200


def test_menu_shows_what_the_role_may_open(client):
    user = User.objects.create_user("s@example.com", "password")
    user.groups.add(Group.objects.get(name=roles.SUPPORT))
    client.force_login(user)

    page = client.get(reverse("wagtailadmin_home")).content.decode()

    assert reverse("dashboard:order-list") in page
    assert reverse("dashboard:offer-list") not in page
    assert reverse("dashboard:catalogue-class-list") not in page


@pytest.mark.parametrize(
    ("path", "sources"),
    [("/cms/login/", "'self' 'unsafe-inline'"), ("/robots.txt", "'self'")],
)
def test_back_office_has_its_own_policy(client, path, sources):
    policy = client.get(path)["Content-Security-Policy"]

    assert f"script-src {sources};" in f"{policy};"


def test_user_of_a_partner_enters_nothing(client):
    supplier = User.objects.create_user("supplier@example.org")
    supplier.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    ProductFactory().stockrecords.get().partner.users.add(supplier)
    client.force_login(supplier)

    for name in ("index", "catalogue-product-list", "order-list", "partner-list"):
        url = reverse(f"dashboard:{name}")
        assert client.get(url).url == f"/cms/login/?next={url}"
