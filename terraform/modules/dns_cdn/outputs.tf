output "purge_token" {
  description = "Token that may purge this zone's cache."
  value       = cloudflare_account_token.purge.value
  sensitive   = true
}
