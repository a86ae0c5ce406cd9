"""One drawing per kind of product; importing this package registers them all."""

from . import furniture, garden, lighting, outdoor, tableware, textiles
from .registry import GROUND, KINDS, Kind

__all__ = ["GROUND", "KINDS", "Kind", "furniture", "garden", "lighting", "outdoor", "tableware", "textiles"]
