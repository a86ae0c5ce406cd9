"""A shop on the internet, behind a proxy that ends TLS."""

from django.core.exceptions import ImproperlyConfigured

from storefront.settings.base import *
from storefront.settings.env import env, port, required, required_url, whole
from storefront.settings.redis import with_password

# Redis asks for a password by default (docs/adr/0020).
REDIS_URL = with_password(REDIS_URL, secret_key=SECRET_KEY)
CELERY_BROKER_URL = with_password(CELERY_BROKER_URL, secret_key=SECRET_KEY)
CACHES["default"]["LOCATION"] = REDIS_URL

# Files and backups: a folder would be gone with the pod, or with the cluster.
BACKUP_BUCKET = required("BACKUP_BUCKET")
MEDIA_BUCKET = required("MEDIA_BUCKET")
PRIVATE_BUCKET = required("PRIVATE_BUCKET")
MEDIA_URL = required_url("MEDIA_URL", "https", "http")
if not MEDIA_URL.endswith("/"):
    raise ImproperlyConfigured(f"MEDIA_URL={MEDIA_URL} must end with a slash.")
if len({MEDIA_BUCKET, PRIVATE_BUCKET, BACKUP_BUCKET}) < 3:
    raise ImproperlyConfigured(
        "MEDIA_BUCKET, PRIVATE_BUCKET and BACKUP_BUCKET must be different: "
        "everybody may read the first, and `media_orphans` deletes what it does not know."
    )
SERVE_MEDIA = False
LOGGING["handlers"]["console"]["formatter"] = "json"
METRICS_PORT = port("METRICS_PORT", default=9100)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = whole("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
OSCAR_BASKET_COOKIE_SECURE = True

SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # frames of the same origin: Wagtail's page preview is one
]
