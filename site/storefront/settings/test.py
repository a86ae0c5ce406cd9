"""The test suite: real PostgreSQL and Redis from ``scripts/services``."""

import tempfile
from pathlib import Path

from storefront.settings.env import env

env.ENVIRON.setdefault("SECRET_KEY", "test-only")
env.ENVIRON["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"

from storefront.settings.base import *  # noqa: E402

DEBUG = False
SERVE_MEDIA = True
MEDIA_ROOT = env.path(
    "MEDIA_ROOT", default=str(Path(tempfile.gettempdir()) / "storefront-test-media")
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PRIVATE_ROOT = f"{MEDIA_ROOT}-private"
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://localhost/"
TASKS = {  # an index is right at once; tests of the queue take the real backend
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
}
