import re

import pytest
from django.core import mail
from django.test import Client
from wagtail.contrib.forms.models import FormSubmission

from cms_pages import factories
from cms_pages.tasks import form_answer_mail
from foundation.core.models import OutboxEntry

ANSWERS = {"name": "Ida", "e_mail": "ida@example.com", "message": "Is it warm?"}
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def page(home):
    return factories.form_page(
        to_address="shop@example.com, desk@example.com", subject="Question"
    )


@pytest.fixture
def guard(client, page):
    """The hidden fields of the form."""
    html = client.get(page.url).content.decode()
    token = re.search(r'name="guard-token" value="([^"]+)"', html)
    assert token
    return {"guard-token": token[1], "guard-website": ""}


def test_answer_is_kept_and_mailed_through_the_outbox(client, page, guard):
    response = client.post(page.url, ANSWERS | guard, headers=SAME_ORIGIN)

    answer = FormSubmission.objects.get()
    assert response.status_code == 302
    assert response.url == f"{page.url}?sent=1"
    assert answer.form_data == ANSWERS
    entry = OutboxEntry.objects.get(task="cms_pages.tasks.form_answer_mail")
    assert entry.kwargs == {"answer_id": answer.pk}


def test_mail_has_the_answers_and_is_answered_to_who_wrote(page):
    answer = FormSubmission.objects.create(page=page, form_data=ANSWERS)

    form_answer_mail(answer_id=answer.pk)

    [sent] = mail.outbox
    assert sent.subject == "Question"
    assert sent.to == ["shop@example.com", "desk@example.com"]
    assert sent.reply_to == ["ida@example.com"]
    assert sent.body == "Name: Ida\nE-mail: ida@example.com\nMessage: Is it warm?"


def test_mail_of_a_deleted_answer_is_not_sent(page):
    form_answer_mail(answer_id=10**6)

    assert mail.outbox == []


def test_page_says_thank_you(client, page):
    page.thank_you_text = "<p>We answer within a day.</p>"
    page.save()

    response = client.get(f"{page.url}?sent=1")

    assert "We answer within a day." in response.content.decode()


def test_robot_that_fills_the_hidden_field_is_thanked_and_forgotten(
    client, page, guard
):
    filled = guard | {"guard-website": "https://spam.example"}

    response = client.post(page.url, ANSWERS | filled, headers=SAME_ORIGIN)

    assert response.status_code == 302
    assert not FormSubmission.objects.exists()
    assert not OutboxEntry.objects.filter(task__startswith="cms_pages").exists()


def test_answer_that_a_browser_filled_in_at_once_is_kept(client, page, guard):
    response = client.post(page.url, ANSWERS | guard, headers=SAME_ORIGIN)

    assert response.status_code == 302
    assert FormSubmission.objects.get().form_data == ANSWERS


@pytest.mark.parametrize("token", ["", "1700000000", "1700000000:forged"])
def test_forged_or_missing_token_is_refused(client, page, guard, token):
    response = client.post(
        page.url, ANSWERS | guard | {"guard-token": token}, headers=SAME_ORIGIN
    )

    assert response.status_code == 200
    assert not FormSubmission.objects.exists()


def test_answer_from_another_site_is_not_kept(client, page, guard):
    response = client.post(
        page.url, ANSWERS | guard, headers={"sec-fetch-site": "cross-site"}
    )

    assert response.status_code == 403
    assert not FormSubmission.objects.exists()


def test_missing_answer_is_named(client, page, guard):
    response = client.post(
        page.url, ANSWERS | guard | {"message": ""}, headers=SAME_ORIGIN
    )

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["message"]
    assert not FormSubmission.objects.exists()


def test_other_pages_take_no_post(client, home):
    page = factories.standard_page()

    response = client.post(page.url, {}, headers=SAME_ORIGIN)

    assert response.status_code == 405
