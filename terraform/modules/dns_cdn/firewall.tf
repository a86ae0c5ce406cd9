# Cloudflare's own rule sets; their ids are the same for everybody.
locals {
  managed_rules = merge(
    { "Cloudflare's rules" = "efb7b8c949ac4650a09736fc376e9aee" },
    var.owasp ? { "OWASP core rules" = "4814384a9e5d4991b9815dcfc25d2f1f" } : {},
  )
}

resource "cloudflare_ruleset" "managed" {
  zone_id     = var.zone_id
  name        = "${var.name}: managed rules"
  description = "Attacks that are known"
  kind        = "zone"
  phase       = "http_request_firewall_managed"

  # Editors' own texts look like attacks: the back office is left out, it asks for a log-in.
  rules = [for name, id in local.managed_rules : {
    description       = name
    expression        = "(${local.is_shop} and not starts_with(http.request.uri.path, \"/cms/\") and not starts_with(http.request.uri.path, \"/dashboard/\"))"
    action            = "execute"
    action_parameters = { id = id }
  }]
}

resource "cloudflare_ruleset" "custom" {
  zone_id     = var.zone_id
  name        = "${var.name}: own rules"
  description = "What nobody outside has to ask for"
  kind        = "zone"
  phase       = "http_request_firewall_custom"

  rules = [
    {
      description = "Metrics are for Prometheus, inside"
      expression  = "(${local.is_shop} and http.request.uri.path eq \"/metrics\")"
      action      = "block"
    },
    {
      description = "Media are only read"
      expression  = "(${local.is_media} and not http.request.method in {\"GET\" \"HEAD\" \"OPTIONS\"})"
      action      = "block"
    },
  ]
}

# Counted for each address at each data centre of Cloudflare. The ingress controller has limits of its own behind these.
resource "cloudflare_ruleset" "rate_limits" {
  zone_id     = var.zone_id
  name        = "${var.name}: rate limits"
  description = "How often one address may ask"
  kind        = "zone"
  phase       = "http_ratelimit"

  rules = [
    {
      description = "Guessing of passwords"
      expression  = "(${local.is_shop} and http.request.method eq \"POST\" and (ends_with(http.request.uri.path, \"/login/\") or http.request.uri.path contains \"/password-reset/\"))"
      action      = "block"
      ratelimit = {
        characteristics     = ["cf.colo.id", "ip.src"]
        period              = 60
        requests_per_period = 10
        mitigation_timeout  = 600
      }
    },
    {
      description = "Whatever writes"
      expression  = "(${local.is_shop} and http.request.method eq \"POST\" and not starts_with(http.request.uri.path, \"/webhooks/\") and not starts_with(http.request.uri.path, \"/cms/\"))"
      action      = "block"
      ratelimit = {
        characteristics     = ["cf.colo.id", "ip.src"]
        period              = 60
        requests_per_period = 120
        mitigation_timeout  = 60
      }
    },
    {
      description = "Pages that the edge does not have"
      expression  = "(${local.is_shop} and not starts_with(http.request.uri.path, \"/static/\") and not starts_with(http.request.uri.path, \"/webhooks/\"))"
      action      = "managed_challenge"
      ratelimit = {
        characteristics     = ["cf.colo.id", "ip.src"]
        period              = 60
        requests_per_period = 600
        mitigation_timeout  = 0 # a challenge allows no pause
        requests_to_origin  = true
      }
    },
  ]
}
