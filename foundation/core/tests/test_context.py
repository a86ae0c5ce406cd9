from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import translation
from wagtail.models import Site

from foundation.core.context import shop_context, shop_context_for_request
from foundation.core.models import Shop

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def swiss_shop():
    root = Site.objects.get(is_default_site=True).root_page
    site = Site.objects.create(hostname="shop.ch", root_page=root)
    return Shop.objects.create(site=site, currency="CHF", tax_mode=Shop.TaxMode.NET)


def test_site_without_a_row_has_the_default_currency_and_gross_prices():
    context = shop_context(at=NOON)

    assert context.site == Site.objects.get(is_default_site=True).pk
    assert (context.currency, context.tax_mode) == ("EUR", "gross")


def test_host_chooses_currency_and_tax_mode(swiss_shop):
    context = shop_context(host="shop.ch", at=NOON)

    assert context.site == swiss_shop.site_id
    assert (context.currency, context.tax_mode) == ("CHF", "net")


def test_unknown_host_is_the_default_shop(swiss_shop):
    assert shop_context(host="unknown.example").currency == "EUR"


def test_language_is_the_active_one():
    with translation.override("de"):
        assert shop_context().locale == "de"


def test_context_is_resolved_once_per_request(django_assert_max_num_queries):
    request = RequestFactory().get("/", headers={"host": "localhost:8000"})

    with django_assert_max_num_queries(1):
        first = shop_context_for_request(request)
        second = shop_context_for_request(request)

    assert first is second


def test_cache_key_changes_with_everything_a_price_depends_on(swiss_shop):
    base = shop_context(at=NOON)
    with translation.override("de"):
        german = shop_context(at=NOON)

    keys = {
        base.cache_key,
        german.cache_key,
        shop_context(host="shop.ch", at=NOON).cache_key,
        shop_context(at=NOON + timedelta(minutes=1)).cache_key,
    }

    assert len(keys) == 4
    assert shop_context(at=NOON + timedelta(seconds=59)).cache_key == base.cache_key
