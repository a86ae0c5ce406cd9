output "edge_cidrs" {
  description = "Addresses that Cloudflare asks from."
  value       = concat(data.cloudflare_ip_ranges.edge.ipv4_cidrs, data.cloudflare_ip_ranges.edge.ipv6_cidrs)
}

output "purge_token" {
  description = "Token that may purge this zone's cache."
  value       = cloudflare_account_token.purge.value
  sensitive   = true
}
