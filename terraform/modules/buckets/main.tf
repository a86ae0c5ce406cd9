# media: pictures, which the CDN alone may read; private: documents and exports, by links that end; backups: files of
# `make db-backup`; logs: who asked the other three for what.

data "aws_caller_identity" "current" {}

locals {
  purposes = toset(["media", "private", "backups", "logs"])
}

# The account's number makes the names the only ones in the world.
resource "aws_s3_bucket" "this" {
  for_each = local.purposes

  bucket        = "${var.name}-${each.key}-${data.aws_caller_identity.current.account_id}"
  force_destroy = false
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.purposes

  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.purposes

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.purposes

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

# The CDN has no right to our key, and S3 writes its logs without one: these two take S3's own keys.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = {
    media   = { algorithm = "AES256", key = null }
    private = { algorithm = "aws:kms", key = var.kms_key_arn }
    backups = { algorithm = "aws:kms", key = var.kms_key_arn }
    logs    = { algorithm = "AES256", key = null }
  }

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = each.value.algorithm
      kms_master_key_id = each.value.key
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each = toset(["media", "private", "backups"])

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this["logs"].id
  target_prefix = "${each.key}/"
}

resource "aws_s3_bucket_cors_configuration" "media" {
  bucket = aws_s3_bucket.this["media"].id

  cors_rule {
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = [var.public_origin]
    max_age_seconds = 3600
  }
}

# Old versions stay 30 days: what was deleted or overwritten by mistake can be had back.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = {
    media   = []
    private = []
    backups = [var.backup_days]
    logs    = [365]
  }

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "lifetime"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    dynamic "expiration" {
      for_each = each.value

      content {
        days = expiration.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
