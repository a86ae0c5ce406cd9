"""The one gate of the back office."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from wagtail.admin.auth import require_admin_access

READING = {"GET", "HEAD", "OPTIONS"}


def staff_only(view, *, writing: str | None = None):
    """``view`` for people who may enter Wagtail's admin.

    As there: others go to its log-in, a refusal becomes a message on its first
    page (403 for scripts), texts and times are in the person's own language and
    zone, and what is logged inside names the person. ``writing`` is the
    permission that anything but reading needs in addition.
    """

    @wraps(view)
    def checked(request, *args, **kwargs):
        if (
            writing
            and request.method not in READING
            and not request.user.has_perm(writing)
        ):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wraps(view)(require_admin_access(checked))
