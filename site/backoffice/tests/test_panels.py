"""The numbers of the first page lead to what they count."""

import re

import pytest
from django.test import Client
from oscar.test import factories as oscar

from checkout.order import statuses
from foundation.accounts.models import User

pytestmark = pytest.mark.django_db


def test_number_of_orders_to_ship_leads_to_these_orders():
    waiting = [oscar.OrderFactory(status=statuses.CONFIRMED) for _ in range(2)]
    oscar.OrderFactory(status=statuses.COMPLETED)
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))

    home = client.get("/cms/").content.decode()
    link = re.search(r'href="(/dashboard/orders/\?[^"]+)">\s*<strong>2<', home)
    assert link
    listed = client.get(link[1]).context["orders"]

    assert {order.pk for order in listed} == {order.pk for order in waiting}
