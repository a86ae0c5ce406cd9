import pytest

from checkout.order.numbers import (
    ALPHABET,
    order_number_generate,
    order_number_is_valid,
    order_number_normalise,
)


def test_number_is_nine_signs_in_groups_of_three():
    number = order_number_generate()

    assert [len(group) for group in number.split("-")] == [3, 3, 3]
    assert set(number.replace("-", "")) <= set(ALPHABET)
    assert order_number_is_valid(number)


def test_every_wrong_sign_is_found():
    number = order_number_generate()

    for place, sign in enumerate(number):
        for other in ALPHABET:
            if sign not in ("-", other):
                wrong = number[:place] + other + number[place + 1 :]
                assert not order_number_is_valid(wrong)


def test_every_swap_of_neighbours_is_found():
    for _ in range(50):
        signs = order_number_generate().replace("-", "")
        for place in range(len(signs) - 1):
            first, second = signs[place : place + 2]
            swapped = signs[:place] + second + first + signs[place + 2 :]
            number = order_number_normalise(swapped)
            assert order_number_is_valid(number) == (first == second)


@pytest.mark.parametrize("typed", ["7k2m9qx4t", " 7K2 M9Q X4T ", "7k2-m9q-x4t"])
def test_number_is_read_as_people_type_it(typed):
    assert order_number_normalise(typed) == "7K2-M9Q-X4T"


def test_look_alikes_become_the_digits_they_look_like():
    assert order_number_normalise("OIL-000-000") == "011-000-000"


def test_ten_thousand_numbers_are_all_different():
    assert len({order_number_generate() for _ in range(10_000)}) == 10_000
