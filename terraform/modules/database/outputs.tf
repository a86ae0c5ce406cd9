output "host" {
  description = "Host of PostgreSQL."
  value       = aws_db_instance.this.address
}

output "url" {
  description = "DATABASE_URL of the shop; ca.pem are the certificates of RDS, from a ConfigMap (docs/howto/deploy-on-kubernetes.md)."
  value       = "postgres://${aws_db_instance.this.username}:${random_password.this.result}@${aws_db_instance.this.endpoint}/${aws_db_instance.this.db_name}?sslmode=verify-full&sslrootcert=/etc/storefront/ca/ca.pem"
  sensitive   = true
}
