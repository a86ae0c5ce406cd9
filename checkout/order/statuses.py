"""The one status machine of orders. Paid, refunded and shipped are derived, never a status."""

from django.utils.translation import gettext_lazy as _

PENDING_PAYMENT = "pending-payment"
CONFIRMED = "confirmed"
COMPLETED = "completed"
CANCELLED = "cancelled"
EXPIRED = "expired"

LABELS = {
    PENDING_PAYMENT: _("Waiting for payment"),
    CONFIRMED: _("Confirmed"),
    COMPLETED: _("Completed"),
    CANCELLED: _("Cancelled"),
    EXPIRED: _("Expired"),
}

OPEN = (PENDING_PAYMENT, CONFIRMED)
"""Something can still be shipped or cancelled."""

ENDED = (CANCELLED, EXPIRED)
"""Nothing was shipped and nothing is owed."""

INITIAL_STATUS = INITIAL_LINE_STATUS = PENDING_PAYMENT
ORDER_STATUS_PIPELINE = {
    PENDING_PAYMENT: (CONFIRMED, CANCELLED, EXPIRED),
    CONFIRMED: (COMPLETED, CANCELLED),
    COMPLETED: (),
    CANCELLED: (),
    EXPIRED: (),
}
LINE_STATUS_PIPELINE = ORDER_STATUS_PIPELINE
ORDER_STATUS_CASCADE = {status: status for status in ORDER_STATUS_PIPELINE}
