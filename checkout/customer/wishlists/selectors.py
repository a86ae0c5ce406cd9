from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from oscar.core.loading import get_model

from foundation.accounts.models import User

WishList = get_model("wishlists", "WishList")


def wishlist_for(*, key: str, user: User | AnonymousUser):
    """Return the wish list with this key if ``user`` may see it, otherwise ``None``. One query.

    The owner may, everybody if it is public, and if it is shared those with one of its
    e-mail addresses. That is their own only if it is verified (ADR 14), which Oscar's
    ``is_allowed_to_see()`` (4.2) does not ask.
    """
    may_see = Q(visibility=WishList.PUBLIC)
    if isinstance(user, User):
        may_see |= Q(owner=user)
        if user.email_verified_at:
            may_see |= Q(visibility=WishList.SHARED, shared_emails__email=user.email)
    return WishList.objects.filter(may_see, key=key).distinct().first()
