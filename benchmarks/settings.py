"""Production's settings, but for files, which lie in a folder of this machine."""

from storefront.settings.env import env

for name in ("MEDIA_BUCKET", "PRIVATE_BUCKET"):
    env.ENVIRON.setdefault(name, "none")
env.ENVIRON.setdefault("MEDIA_URL", "https://media.example.com/")

from storefront.settings.production import *  # noqa: E402

STORAGES["default"] = {"BACKEND": "foundation.media.storage.FolderStorage"}
STORAGES["private"] = {"BACKEND": "foundation.media.storage.PrivateFolderStorage"}
