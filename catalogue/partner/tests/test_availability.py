import pytest
from oscar.apps.partner import availability as oscar

from catalogue.partner.availability import Available, StockRequired, Unavailable


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (Available(), oscar.Available.code),
        (Unavailable(), oscar.Unavailable.code),
        (StockRequired(6), oscar.StockRequired.CODE_IN_STOCK),
        (StockRequired(5), "lowstock"),
        (StockRequired(1), "lowstock"),
        (StockRequired(0), oscar.StockRequired.CODE_OUT_OF_STOCK),
    ],
)
def test_codes_are_oscars_and_one_for_the_last_pieces(policy, code):
    assert policy.code == code
