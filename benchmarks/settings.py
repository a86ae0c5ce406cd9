"""Production's settings, but for files, which lie in a folder of this machine."""

from storefront.settings.env import env

env.ENVIRON.setdefault("MEDIA_BUCKET", "none")
env.ENVIRON.setdefault("PRIVATE_BUCKET", "none-either")
env.ENVIRON.setdefault("BACKUP_BUCKET", "nor-this")
env.ENVIRON.setdefault("MEDIA_URL", "https://media.example.com/")

from storefront.settings.production import *  # noqa: E402

STORAGES["default"] = {"BACKEND": "foundation.media.storage.FolderStorage"}
STORAGES["private"] = {"BACKEND": "foundation.media.storage.PrivateFolderStorage"}
# All visitors come from this machine: they are one client.
LIMITS = {name: dict.fromkeys(rates, "1000000/hour") for name, rates in LIMITS.items()}
