"""Puts the demo shop (``storefront.demo``) into the database.

Every step finds what an earlier run made by its natural key (SKU, slug, file
name, code) and makes only what is missing: running it again changes nothing.
"""
