"""The version of the category tree: part of the cache keys of menus that are made of it."""

from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

KEY = "category-menu-version"


def category_menu_version() -> str:
    """Names the state of the category tree in cache keys."""
    return str(cache.get_or_set(KEY, _new_version, None))


def category_menu_forget() -> None:
    """After the transaction, have menus of categories read anew."""
    transaction.on_commit(lambda: cache.set(KEY, _new_version(), None))


def _new_version() -> str:
    return uuid4().hex
