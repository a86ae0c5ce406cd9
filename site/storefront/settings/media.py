"""Where files live: two buckets of an S3-compatible store, else folders of this machine."""

import re
from typing import Any

from botocore.config import Config

from storefront.settings.env import ROOT, env, optional_url, required

MEDIA_URL = env.str("MEDIA_URL", default="/media/")
MEDIA_ORIGINS = re.findall(r"^https?://[^/]+", MEDIA_URL)
"""The CDN's host for the content security policy; empty where files are local."""
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(ROOT / ".local" / "media"))
PRIVATE_ROOT = env.path("PRIVATE_ROOT", default=str(ROOT / ".local" / "private"))
MEDIA_BUCKET = env.str("MEDIA_BUCKET", default="")
PRIVATE_BUCKET = env.str("PRIVATE_BUCKET", default="")

_endpoint = optional_url("AWS_S3_ENDPOINT_URL") or None
_key = env.str("AWS_ACCESS_KEY_ID", default="") or None
S3_OPTIONS = {
    # Without a key boto3 looks for a role of the machine or the service account.
    "access_key": _key,
    "secret_key": required("AWS_SECRET_ACCESS_KEY") if _key else None,
    "endpoint_url": _endpoint,
    "region_name": env.str("AWS_S3_REGION_NAME", default="us-east-1"),
    "client_config": Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if _endpoint else "auto"},
        # Seconds. A store that hangs is given up after 21, while somebody waits for a page.
        connect_timeout=3,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 2},
        # Trailing checksums are Amazon's own; R2, MinIO and SeaweedFS differ.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    ),
}

STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "foundation.media.storage.FolderStorage"},
    "private": {"BACKEND": "foundation.media.storage.PrivateFolderStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if MEDIA_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "foundation.media.storage.PublicBucketStorage",
        "OPTIONS": S3_OPTIONS | {"bucket_name": MEDIA_BUCKET, "public_url": MEDIA_URL},
    }
if PRIVATE_BUCKET:
    STORAGES["private"] = {
        "BACKEND": "foundation.media.storage.PrivateBucketStorage",
        "OPTIONS": S3_OPTIONS
        | {
            "bucket_name": PRIVATE_BUCKET,
            "public_endpoint_url": optional_url("AWS_S3_PUBLIC_ENDPOINT_URL") or None,
        },
    }

# --- What may be uploaded: docs/reference/media.md --------------------------------

WAGTAILIMAGES_IMAGE_FORM_BASE = "foundation.media.forms.LibraryImageForm"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 30_000_000  # 270 MB while a rendition is made
WAGTAILDOCS_DOCUMENT_FORM_BASE = "foundation.media.forms.LibraryDocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 500 * 1024 * 1024
