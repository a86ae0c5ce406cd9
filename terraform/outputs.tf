output "kubeconfig_command" {
  description = "Lets kubectl reach the cluster."
  value       = "aws eks update-kubeconfig --region ${var.region} --name ${module.cluster.name}"
}

output "cluster_endpoint" {
  description = "Address of the cluster's API."
  value       = module.cluster.endpoint
}

output "database_host" {
  description = "Host of PostgreSQL, reached from within the network."
  value       = module.database.host
}

output "cache_host" {
  description = "Host of Redis, reached from within the network."
  value       = module.cache.host
}

output "bucket_names" {
  description = "Buckets by purpose: media, private, backups, logs."
  value       = module.buckets.names
}

output "secret_name" {
  description = "Secret in AWS Secrets Manager that holds what the shop needs to start; External Secrets reads it."
  value       = module.secrets.secret_name
}

output "nat_addresses" {
  description = "Addresses that the shop's outbound requests come from, for a payment provider's allow list."
  value       = module.network.nat_addresses
}

output "purge_token" {
  description = "Cloudflare token that may purge this zone's cache and nothing else; null without Cloudflare."
  value       = var.cloudflare == null ? null : module.dns_cdn[0].purge_token
  sensitive   = true
}
