"""Production's settings, and tasks that fail on purpose. The tests play the proxy that ends TLS."""

from storefront.settings.env import env

# Files lie in folders where no test names buckets.
env.ENVIRON.setdefault("MEDIA_BUCKET", "none")
env.ENVIRON.setdefault("PRIVATE_BUCKET", "none-either")
env.ENVIRON.setdefault("BACKUP_BUCKET", "nor-this")
env.ENVIRON.setdefault("MEDIA_URL", "http://localhost/media/")

from storefront.settings.production import *  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.reliability.faults.apps.FaultsConfig"]
FAULTS_DIR = env.path("FAULTS_DIR")
FAULTS_LEASE_SECONDS = env.int("FAULTS_LEASE_SECONDS", default=0)
if MEDIA_BUCKET == "none":
    MEDIA_URL = "/media/"
    STORAGES["default"] = {"BACKEND": "foundation.media.storage.FolderStorage"}
    STORAGES["private"] = {"BACKEND": "foundation.media.storage.PrivateFolderStorage"}
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# All visitors come from this machine: they are one client.
LIMITS = {name: dict.fromkeys(rates, "1000000/hour") for name, rates in LIMITS.items()}
