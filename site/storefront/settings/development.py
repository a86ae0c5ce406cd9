"""A shop on this machine: `make demo` and `make dev`."""

from storefront.settings.env import env

env.ENVIRON.setdefault("SECRET_KEY", "development-only")
env.ENVIRON.setdefault("DATABASE_URL", "postgres:///storefront")
env.ENVIRON.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")
env.ENVIRON.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

from storefront.settings.base import *  # noqa: E402

DEMO = env.bool("DEMO", default=False)
SERVE_MEDIA = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # a cluster's ingress
if DEBUG:
    LOGGING["loggers"]["foundation.observability.requests"] = {
        "level": "WARNING"  # runserver has a line for each request
    }
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
