"""Redis holds plain values: nothing in it is code, and no class of the shop."""

import json

import pytest
from django.core.cache import cache
from wagtail.coreutils import get_locales_display_names
from wagtail.models import Locale

PAGES = ["/", "/catalogue/", "/search/?q=lamp", "/basket/"]
BACK_OFFICE = ["/cms/", "/cms/pages/", "/cms/images/", "/dashboard/"]


@pytest.mark.django_db
def test_what_the_pages_keep_in_redis_is_plain(admin_client):
    for address in (*PAGES, *BACK_OFFICE) * 2:  # the second time out of the cache
        assert admin_client.get(address).status_code in {200, 302}, address

    client = cache._cache.get_client(write=True)
    keys = set(client.scan_iter(f"{cache.key_prefix}:*", _type="string"))
    assert {key.decode().rsplit(":", 1)[-1] for key in keys} >= {
        *("navigation-version", "wagtail_site_root_paths")
    }
    for key in keys:
        json.loads(client.get(key))


@pytest.mark.django_db
def test_wagtail_finds_names_of_languages_in_redis_by_number():
    Locale.objects.get_or_create(language_code="de")
    names = {each.pk: each.get_display_name() for each in Locale.objects.all()}

    assert get_locales_display_names() == names
    assert cache.get("wagtail_locales_display_name") == names
    assert set(names.values()) == {"English", "Deutsch"}
