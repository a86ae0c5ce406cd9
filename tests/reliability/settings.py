"""Production's settings, and tasks that fail on purpose. The tests play the proxy that ends TLS."""

from storefront.settings.env import env
from storefront.settings.production import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.reliability.faults"]
FAULTS_DIR = env.path("FAULTS_DIR")
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
