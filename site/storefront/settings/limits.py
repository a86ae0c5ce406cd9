"""How often, and how much, one client may send: docs/adr/0016-requests-are-limited-by-name.md."""

from storefront.settings.env import networks

TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
"""Networks of the proxies whose ``X-Forwarded-For`` is believed; empty: nobody's."""

LIMITS = {
    "login": {
        "client": "20/5 minutes",
        "client and account": "10/10 minutes",
        "account": "30/hour",
        "device": "10/10 minutes",  # of one that is known: the other three don't hold for it
    },
    "password": {"client": "10/10 minutes"},
    "voucher": {"client": "10/10 minutes"},
    # Who is refused by the second one finds five mails with a link that works.
    "password-reset": {"client": "20/hour", "account": "5/hour"},
    "register": {"client": "20/hour", "account": "10/hour"},
    "stock-alert": {"client": "20/hour", "account": "10/hour"},
    "order": {"client": "60/hour"},
    "review": {"client": "20/hour"},
    "vote": {"client": "60/hour"},
    "wish-list": {"client": "120/hour"},
    "form": {"client": "20/hour"},
    "mail-again": {"client": "10/hour"},
}
"""Name of a limit → what a rate counts for → the rate. A client is an IPv4 address or a /64 of IPv6, which an
office or the customers of a mobile network share; an account is the e-mail address that was typed."""

LIMITS_OF_FAILURES = frozenset({"login", "password", "voucher"})
"""What succeeds isn't counted by these."""

LIMITED_VIEWS = {
    "customer:login": "login",
    "wagtailadmin_login": "login",
    "wagtailcore_login": "login",
    "customer:change-email": "password",
    "customer:change-password": "password",
    "customer:profile-delete": "password",
    "wagtailadmin_account": "password",
    "wagtailcore_authenticate_with_password": "password",
    "wagtaildocs_authenticate_with_password": "password",
    "basket:vouchers-add": "voucher",
    "password-reset": "password-reset",
    "wagtailadmin_password_reset": "password-reset",
    "customer:register": "register",
    "customer:verify-send": "mail-again",
    "customer:alert-create": "stock-alert",
    "checkout:preview": "order",
    "catalogue:reviews-add": "review",
    "catalogue:reviews-vote": "vote",
    "customer:wishlists-add-product": "wish-list",
    "customer:wishlists-create": "wish-list",
    "customer:wishlists-create-with-product": "wish-list",
    "wagtail_serve": "form",
}
"""Name of a URL → the limit of its POSTs."""

PASSWORD_RESET_VIEWS = {"password-reset-confirm"}
"""Where the link of a mail proves who owns an account."""

FILE_UPLOAD_HANDLERS = [
    "storefront.body_sizes.StaffUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
