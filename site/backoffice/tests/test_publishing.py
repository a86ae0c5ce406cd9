"""Nothing is saved but by the editor, so that nothing overtakes what the editor publishes."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from wagtail.models import Site

from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["add/cms_pages/standardpage/{}", "{}/edit"])
def test_editor_of_a_page_never_saves_by_itself(page):
    """Wagtail's (8.0.1) autosave in another process saves a draft over what was just published."""
    home = Site.objects.get(is_default_site=True).root_page
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))

    answer = client.get(f"/cms/pages/{page.format(home.pk)}/")

    form = BeautifulSoup(answer.content, "html.parser").select_one(
        "[data-controller*=w-unsaved]"
    )
    assert form is not None
    assert "w-autosave" not in form["data-controller"].split()
