"""The texts of mails that staff type know a few plain values and cannot be made to work for long."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.utils.html import escape
from oscar.core.loading import get_model

from backoffice import roles
from checkout.mail import mail_send
from foundation.accounts.models import User
from foundation.core.models import OutboxEntry
from foundation.core.queueing import outbox_run

pytestmark = pytest.mark.django_db
EventType = get_model("communication", "CommunicationEventType")
ADDRESS = "/dashboard/comms/HELLO/"


@pytest.fixture
def administrator() -> Client:
    user = User.objects.create_user("admin@example.com", "a secret", first_name="Ada")
    user.groups.add(Group.objects.get(name=roles.ADMINISTRATOR))
    EventType.objects.create(code="HELLO", name="Hello", category="User related")
    client = Client()
    client.force_login(user)
    return client


def typed(body: str = "Hello", **more: str) -> dict[str, str]:
    return {
        "name": "Hello",
        "email_subject_template": "Hello",
        "email_body_template": body,
        "email_body_html_template": "<p>Hello</p>",
    } | more


def preview(client: Client, **texts: str):
    return client.post(ADDRESS, typed(**texts) | {"show_preview": ""})


@pytest.mark.parametrize(
    "secret",
    [
        "{{ user.password }}",
        "{{ user.pk }}{{ user.get_session_auth_hash }}",
        "{{ user.groups.all }}",
        "{{ user.delete }}",
        "{{ site.settings }}",
        "{{ order.user.password }}",
    ],
)
def test_text_knows_no_secret_of_a_person(administrator, secret):
    user = User.objects.get(email="admin@example.com")

    response = preview(administrator, body=f"[{secret}]")

    assert response.context["preview"]["body"] == "[]"
    assert user.password not in response.text
    assert User.objects.filter(pk=user.pk).exists()


def test_text_knows_who_it_is_for(administrator):
    response = preview(
        administrator, body="{{ user.first_name }}, {{ user.email }}, {{ shop_name }}"
    )

    assert response.context["preview"]["body"] == "Ada, admin@example.com, Storefront"


@pytest.mark.parametrize(
    "text",
    [
        "{% load i18n %}",
        '{% include "wagtailadmin/base.html" %}',
        '{% extends "wagtailadmin/base.html" %}',
        "{% debug %}",
        "{% with a=shop_name %}{{ a }}{% endwith %}",
        '{{ "x"|center:99999999 }}',
        '{{ "x"|ljust:99999999 }}',
        "{{ 1|floatformat:99999999 }}",
        "{{ shop_name|add:shop_name }}",
        "{{ user.email|safe }}",
        "{% for a in shipped %}{% for b in shipped %}x{% endfor %}{% endfor %}",
        "{% if " + "not " * 4000 + "user %}x{% endif %}",
        "x" * 20_001,
        "{{ user.first_name",
    ],
    ids=lambda text: text[:30],
)
@pytest.mark.parametrize("button", ["", "show_preview", "send_preview"])
def test_text_that_could_do_more_is_refused_beside_its_field(
    administrator, text, button
):
    text = text if text != "{{ user.first_name" else "{% if user %}"

    response = administrator.post(ADDRESS, typed(text) | {button: ""})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["email_body_template"]
    assert EventType.objects.get(code="HELLO").email_body_template is None
    assert "preview" not in response.context
    assert OutboxEntry.objects.count() == 0
    assert mail.outbox == []


def test_loop_over_the_letters_of_a_text_is_empty(administrator):
    response = preview(administrator, body="[{% for a in user.email %}x{% endfor %}]")

    assert response.context["preview"]["body"] == "[]"


def test_text_that_becomes_too_long_is_refused(administrator):
    User.objects.update(first_name="x" * 255)

    response = preview(administrator, body="{{ user.first_name }}" * 900)

    assert "preview" not in response.context
    assert response.context["form"].non_field_errors() == [
        "This text becomes longer than 200000 characters."
    ]


def test_preview_of_html_runs_no_script(administrator):
    html = "<script>alert(1)</script>"

    response = preview(administrator, email_body_html_template=html)

    assert f'srcdoc="{escape(html)}"' in response.text
    assert 'sandbox=""' in response.text
    assert html not in response.text


def test_values_in_html_are_escaped_and_those_in_text_are_not(administrator):
    User.objects.update(first_name="<b>&")

    response = preview(
        administrator,
        body="{{ user.first_name }}",
        email_body_html_template="{{ user.first_name }}",
    )

    assert response.context["preview"]["body"] == "<b>&"
    assert response.context["preview"]["html"] == "&lt;b&gt;&amp;"


def test_preview_is_mailed_to_who_asks_for_it_alone_and_once(administrator):
    text = typed("Dear {{ user.first_name }}", preview_email="victim@example.com")

    response = administrator.post(ADDRESS, text | {"send_preview": ""})
    for entry in OutboxEntry.objects.all():
        assert outbox_run(entry.pk)

    assert response.status_code == 200
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["admin@example.com"], "Hello")
    assert sent.body == "Dear Ada"


def test_mail_is_drawn_with_the_same_plain_values(administrator):
    EventType.objects.filter(code="HELLO").update(
        email_subject_template="For {{ user.first_name }}",
        email_body_template="[{{ user.password }}{{ user.last_login }}]",
        email_body_html_template="<p>{{ user.first_name }}</p>",
    )
    user = User.objects.get(email="admin@example.com")

    mail_send(to=user.email, code="HELLO", context={"user": user}, message_id="one")

    [sent] = mail.outbox
    assert (sent.subject, sent.body) == ("For Ada", "[]")


def test_text_of_an_order_knows_its_lines(administrator, world):
    number = world["dashboard:*.number"]
    title = get_model("order", "Order").objects.get(number=number).lines.get().title
    EventType.objects.update(category="Order related")

    response = administrator.post(
        ADDRESS,
        typed(
            "{{ order.number }}: {% for line in summary.lines %}"
            "{{ line.quantity }} {{ line.title }}{% endfor %}",
            preview_order_number=number,
            show_preview="",
        ),
    )

    assert response.context["preview"]["body"] == f"{number}: 1 {title}"
