from decimal import Decimal

import pytest

from catalogue.partner.tax import tax_split


@pytest.mark.parametrize(
    ("amount", "rate", "mode", "net", "tax", "gross"),
    [
        ("100.00", "0.20", "gross", "83.33", "16.67", "100.00"),
        ("100.00", "0.20", "net", "100.00", "20.00", "120.00"),
        ("0.03", "0.20", "gross", "0.02", "0.01", "0.03"),  # 0.005 is rounded up
        ("0.01", "0.19", "gross", "0.01", "0.00", "0.01"),
        ("1.25", "0.10", "net", "1.25", "0.13", "1.38"),  # 0.125 is rounded up
        ("9.99", "0", "gross", "9.99", "0.00", "9.99"),
        ("0.00", "0.20", "gross", "0.00", "0.00", "0.00"),
    ],
)
def test_tax_is_rounded_once_half_up(amount, rate, mode, net, tax, gross):
    split = tax_split(amount=Decimal(amount), rate=Decimal(rate), tax_mode=mode)

    assert (split.excl_tax, split.tax, split.incl_tax) == (
        Decimal(net),
        Decimal(tax),
        Decimal(gross),
    )


@pytest.mark.parametrize("mode", ["gross", "net"])
def test_net_and_tax_always_add_up_to_gross(mode):
    for cents in range(0, 20_000, 7):
        split = tax_split(
            amount=Decimal(cents) / 100, rate=Decimal("0.19"), tax_mode=mode
        )

        assert split.excl_tax + split.tax == split.incl_tax
