"""The mail server is gone, refuses or hangs: mails wait, and arrive once when it is back."""

from __future__ import annotations

import pytest

from tests.reliability.invariants import Before, settle
from tests.reliability.load import Load

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

OUTAGE_SECONDS = 15


@pytest.mark.parametrize("way", ["gone", "refuse", "hang"])
def test_mails_wait_for_the_mail_server(shop, way, record_property):
    before = Before.of(shop)

    with Load(shop) as load:
        load.wait_for_orders(1)
        if way == "gone":
            shop.mail.stop()
        else:
            shop.mail.mode = way
        load.for_seconds(OUTAGE_SECONDS)
        if way == "gone":
            shop.mail.start()
        else:
            shop.mail.mode = "accept"
        load.wait_for_orders(1)

    report = settle(shop, load.truth, before, f"mail server: {way} for 15 s")
    record_property("report", str(report))
    assert not [each for each in load.truth.answers if not each.is_good]
