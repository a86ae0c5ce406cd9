"""Text can be read in every theme and both colour schemes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

THEMES = Path(__file__).resolve().parents[2] / "themes"
TOKEN_FILES = sorted(THEMES.glob("*/static/css/tokens.css"))
TOKEN = re.compile(r"--([\w-]+):\s*(?:light-dark\((#\w{6}),\s*(#\w{6})\)|(#\w{6}));")
LIGHT, DARK = 0, 1

TEXT = 4.5
SHAPE = 3.0
PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink-soft", "accent", "accent-strong")
        for ground in ("paper", "surface", "tint")
    ),
    *((ink, "paper", TEXT) for ink in ("success", "warning", "error", "info")),
    *(
        (f"{tone}", f"{tone}-ground", TEXT)
        for tone in ("success", "warning", "error", "info")
    ),
    *(
        ("ink", f"{tone}-ground", TEXT)
        for tone in ("success", "warning", "error", "info")
    ),
    *((ink, "band", TEXT) for ink in ("on-band", "on-band-soft", "accent-band")),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("paper", "ink", TEXT),
    *(
        (mark, ground, SHAPE)
        for mark in ("line-strong", "focus")
        for ground in ("paper", "surface")
    ),
]


def tokens(path: Path, scheme: int) -> dict[str, str]:
    """Colour tokens of one file, name to ``#rrggbb``, as ``scheme`` shows them."""
    return {
        name: (pair[scheme] or both)
        for name, *pair, both in TOKEN.findall(path.read_text())
    }


def luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return sum(
        weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("path", TOKEN_FILES, ids=lambda path: path.parts[-4])
def test_every_pair_of_ink_and_ground_has_enough_contrast(path, scheme):
    colours = tokens(path, scheme)

    too_low = {
        f"{ink} on {ground}": round(found, 2)
        for ink, ground, needed in PAIRS
        if (found := contrast(colours[ink], colours[ground])) < needed
    }

    assert too_low == {}
