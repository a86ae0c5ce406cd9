"""One drawing per kind of product; importing this package registers them all."""

from . import camp, carry, furniture, garden, lighting, tableware, textiles
from .registry import GROUND, KINDS, Kind

__all__ = [
    "GROUND",
    "KINDS",
    "Kind",
    "camp",
    "carry",
    "furniture",
    "garden",
    "lighting",
    "tableware",
    "textiles",
]
