"""Where `db_backup` puts its copies: a bucket, in development else a folder."""

from storefront.settings.env import ROOT, env, whole

BACKUP_BUCKET = env.str("BACKUP_BUCKET", default="")
BACKUP_ROOT = env.path("BACKUP_ROOT", default=str(ROOT / ".local" / "backups"))
BACKUP_DAYS = whole("BACKUP_DAYS", default=14, least=1)
