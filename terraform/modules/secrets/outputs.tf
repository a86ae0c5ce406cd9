output "secret_name" {
  description = "Name of the secret."
  value       = aws_secretsmanager_secret.this.name
}
