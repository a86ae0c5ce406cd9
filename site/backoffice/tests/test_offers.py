"""Lists of offers."""

import pytest
from django.test import Client
from oscar.test import factories as oscar

from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sort", ["", "sort=offer_type&", "sort=offer_type&dir=desc&"])
def test_pages_of_offers_show_each_offer_once(sort):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org"))
    offers = [
        oscar.ConditionalOfferFactory(name=f"Sale {n}", priority=1) for n in range(25)
    ]

    shown = [
        offer.pk
        for page in (1, 2)
        for offer in client.get(f"/dashboard/offers/?{sort}page={page}").context[
            "offers"
        ]
    ]

    assert sorted(shown) == sorted(offer.pk for offer in offers)
