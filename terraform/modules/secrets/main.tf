# What the shop needs to start, as one secret: its keys are the names of environment variables.

resource "random_password" "secret_key" {
  length  = 64
  special = false
}

resource "aws_secretsmanager_secret" "this" {
  name                    = var.secret_name
  description             = "Environment variables of the shop that nobody may see"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 30
}

# Whoever runs the shop may add keys (EMAIL_URL, SENTRY_DSN …) by hand; Terraform writes its three once.
resource "aws_secretsmanager_secret_version" "this" {
  secret_id = aws_secretsmanager_secret.this.id
  secret_string = jsonencode({
    SECRET_KEY   = random_password.secret_key.result
    DATABASE_URL = var.database_url
    REDIS_URL    = var.redis_url
  })

  lifecycle {
    ignore_changes = [secret_string]
  }
}
