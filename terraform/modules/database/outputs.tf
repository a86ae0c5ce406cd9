output "host" {
  description = "Host of PostgreSQL."
  value       = aws_db_instance.this.address
}

output "url" {
  description = "DATABASE_URL of the shop."
  value       = "postgres://${aws_db_instance.this.username}:${random_password.this.result}@${aws_db_instance.this.endpoint}/${aws_db_instance.this.db_name}?sslmode=require"
  sensitive   = true
}
