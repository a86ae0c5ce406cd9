output "edge_cidrs" {
  description = "Addresses that Cloudflare asks buckets from, whose hosts have IPv4 only."
  value       = data.cloudflare_ip_ranges.edge.ipv4_cidrs
}

output "purge_token" {
  description = "Token that may purge this zone's cache."
  value       = cloudflare_account_token.purge.value
  sensitive   = true
}
