"""Production's settings, but for files, which lie in a folder of this machine."""

from storefront.settings.env import env

env.ENVIRON.setdefault("MEDIA_BUCKET", "none")
env.ENVIRON.setdefault("PRIVATE_BUCKET", "none-either")
env.ENVIRON.setdefault("MEDIA_URL", "https://media.example.com/")

from storefront.settings.production import *  # noqa: E402

STORAGES["default"] = {"BACKEND": "foundation.media.storage.FolderStorage"}
STORAGES["private"] = {"BACKEND": "foundation.media.storage.PrivateFolderStorage"}
