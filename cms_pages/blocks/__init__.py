from cms_pages.blocks.body import BodyBlock, ColumnBodyBlock

__all__ = ["BodyBlock", "ColumnBodyBlock"]
