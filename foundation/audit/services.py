"""Who changed what, before and after: written to Wagtail's log of model changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from wagtail.log_actions import log

if TYPE_CHECKING:
    from foundation.accounts.models import User


def audit_record(
    *,
    instance: models.Model,
    action: str,
    actor: User | None,
    before: dict[str, Any],
    after: dict[str, Any],
    part: str = "",
    title: str = "",
) -> None:
    """Record one change of ``instance``; ``actor`` is ``None`` for the system.

    ``before`` and ``after`` map field names to plain values; ``part`` names what of
    the instance changed, where it is an object of its own. ``title`` names an
    instance that can't say its name any more; otherwise it is asked. One insert, in
    the caller's transaction.
    """
    data: dict[str, Any] = {"before": before, "after": after}
    if part:
        data["part"] = part
    log(
        instance=instance,
        action=action,
        user=actor,
        data=data,
        title=title,
        deleted=action == "audit.delete",
    )
