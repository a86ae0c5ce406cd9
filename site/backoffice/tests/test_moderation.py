"""A page that is submitted for moderation is approved by another person of the shop."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Site, Workflow

from backoffice import roles
from cms_pages.models import StandardPage
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


def person(email: str, role: str) -> Client:
    user = User.objects.create_user(email)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def submitted() -> StandardPage:
    """A draft that a marketer has submitted to the workflow that a new shop has."""
    home = Site.objects.get(is_default_site=True).root_page
    page = home.add_child(instance=StandardPage(title="Returns", live=False))
    page.save_revision()
    author = User.objects.create_user("author@example.com")
    author.groups.add(Group.objects.get(name=roles.MARKETER))
    Workflow.objects.get().start(page, author)
    return page


@pytest.mark.parametrize("role", [roles.MARKETER, roles.ADMINISTRATOR])
def test_submitted_page_waits_on_the_home_page_and_is_approved(submitted, role):
    approver = person("approver@example.com", role)
    state = submitted.current_workflow_task_state

    home = approver.get("/cms/").content.decode()
    edit = approver.get(reverse("wagtailadmin_pages:edit", args=[submitted.pk]))
    assert submitted.title in home
    assert reverse("wagtailadmin_pages:edit", args=[submitted.pk]) in home
    assert not edit.context["locked_for_user"]
    approver.post(
        reverse(
            "wagtailadmin_pages:workflow_action",
            args=[submitted.pk, "approve", state.pk],
        )
    )

    submitted.refresh_from_db()
    assert submitted.live


@pytest.mark.parametrize("role", [roles.MERCHANDISER, roles.SUPPORT])
def test_people_who_write_no_pages_approve_none(submitted, role):
    other = person("other@example.com", role)
    state = submitted.current_workflow_task_state

    other.post(
        reverse(
            "wagtailadmin_pages:workflow_action",
            args=[submitted.pk, "approve", state.pk],
        )
    )

    submitted.refresh_from_db()
    assert not submitted.live
    assert submitted.title not in other.get("/cms/").content.decode()


def test_approvers_that_a_person_chose_stay():
    task = Workflow.objects.get().tasks[0].specific
    task.groups.set([Group.objects.get(name=roles.ADMINISTRATOR)])

    roles.roles_create()

    assert [group.name for group in task.groups.all()] == [roles.ADMINISTRATOR]
