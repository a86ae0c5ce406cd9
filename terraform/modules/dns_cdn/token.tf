# The shop purges pages that changed; its token can do nothing else, in no other zone.

data "cloudflare_account_api_token_permission_groups_list" "zone" {
  account_id = var.account_id
  scope      = "com.cloudflare.api.account.zone"
}

resource "cloudflare_account_token" "purge" {
  account_id = var.account_id
  name       = "${var.name}: purge the cache"

  policies = [{
    effect = "allow"
    permission_groups = [
      for group in data.cloudflare_account_api_token_permission_groups_list.zone.result : { id = group.id }
      if group.name == "Cache Purge"
    ]
    resources = jsonencode({ "com.cloudflare.api.account.zone.${var.zone_id}" = "*" })
  }]
}
