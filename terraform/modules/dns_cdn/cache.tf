# Static files and media have names that change with their content, so that a year is right for them. Pages are kept as
# long as the shop says (Cache-Control, Cache-Tag) and purged by tag; what belongs to one visitor is never looked up.

resource "cloudflare_ruleset" "cache" {
  zone_id     = var.zone_id
  name        = "${var.name}: cache"
  description = "What the edge keeps"
  kind        = "zone"
  phase       = "http_request_cache_settings"

  rules = [
    {
      description = "Static files and media"
      expression  = "(${local.is_shop} and starts_with(http.request.uri.path, \"/static/\")) or (${local.is_media})"
      action      = "set_cache_settings"
      action_parameters = {
        cache = true
        edge_ttl = {
          mode            = "override_origin"
          default         = 31536000
          status_code_ttl = [{ status_code_range = { from = 400, to = 599 }, value = 0 }]
        }
        browser_ttl = { mode = "respect_origin" }
        cache_key   = { custom_key = { query_string = { exclude = { all = true } } } }
      }
    },
    {
      description = "Pages, as long as the shop says"
      expression  = "(${local.is_shop} and not starts_with(http.request.uri.path, \"/static/\"))"
      action      = "set_cache_settings"
      action_parameters = {
        cache                = true
        edge_ttl             = { mode = "bypass_by_default" }
        browser_ttl          = { mode = "respect_origin" }
        respect_strong_etags = true
      }
    },
    # The last rule that matches wins.
    {
      description = "One visitor's own"
      expression  = "(${local.is_shop} and (${join(" or ", [for path in local.private_paths : "starts_with(http.request.uri.path, \"${path}\")"])}))"
      action      = "set_cache_settings"
      action_parameters = {
        cache = false
      }
    },
  ]
}

locals {
  private_paths = [
    "/cms/", "/dashboard/", "/documents/", "/webhooks/",
    "/basket/", "/checkout/", "/accounts/", "/wishlists/", "/password-reset/",
    "/de/basket/", "/de/checkout/", "/de/accounts/", "/de/wishlists/", "/de/password-reset/",
  ]
}
