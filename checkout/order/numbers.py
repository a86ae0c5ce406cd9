"""Order numbers: nine Crockford base-32 signs, ``7K2-M9Q-X4T``; the last one checks the others.

Random, so that a number tells neither how many orders there are nor the next one.
The check sign is the value of the first eight modulo 37 (Crockford's), which finds
every single wrong sign and every swap of two neighbours. Numbers whose check sign
would be none of the 32 letters and digits are not given out.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 9
GROUP = 3
MODULUS = 37
_LOOK_ALIKES = str.maketrans("ILO", "110")


def order_number_generate() -> str:
    while True:
        signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        check = _check_value(signs)
        if check < len(ALPHABET):
            return _grouped(signs + ALPHABET[check])


def order_number_normalise(text: str) -> str:
    """``text`` as somebody typed or read it out, in the shop's form: ``k2m 9ox…`` → ``K2M-90X-…``."""
    signs = "".join(text.upper().translate(_LOOK_ALIKES).split()).replace("-", "")
    return _grouped(signs)


def order_number_is_valid(number: str) -> bool:
    """Whether ``number`` in its normal form can be one of ours: every sign is right."""
    signs = number.replace("-", "")
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET):
        return False
    return number == _grouped(signs) and _check_value(signs[:-1]) == ALPHABET.index(
        signs[-1]
    )


def _check_value(signs: str) -> int:
    value = 0
    for sign in signs:
        value = (value * len(ALPHABET) + ALPHABET.index(sign)) % MODULUS
    return value


def _grouped(signs: str) -> str:
    return "-".join(signs[i : i + GROUP] for i in range(0, len(signs), GROUP))
