# The shop's host leads to the ingress controller, the media host to the bucket; both through Cloudflare.

locals {
  is_shop  = "http.host eq \"${var.shop_host}\""
  is_media = "http.host eq \"${var.media_host}\""
}

resource "cloudflare_dns_record" "shop" {
  count = var.ingress_host == null ? 0 : 1

  zone_id = var.zone_id
  name    = var.shop_host
  type    = "CNAME"
  content = var.ingress_host
  proxied = true
  ttl     = 1 # "automatic", the only value of a proxied record
  comment = "${var.name}: the shop"
}

resource "cloudflare_dns_record" "media" {
  zone_id = var.zone_id
  name    = var.media_host
  type    = "CNAME"
  content = var.media_bucket_host
  proxied = true
  ttl     = 1
  comment = "${var.name}: uploaded pictures"
}

# Asks the bucket under the bucket's own name, without which Amazon's certificate and host check would refuse.
resource "cloudflare_cloud_connector_rules" "media" {
  zone_id = var.zone_id

  rules = [{
    description = "${var.name}: media lie in a bucket"
    enabled     = true
    expression  = local.is_media
    provider    = "aws_s3"
    parameters  = { host = var.media_bucket_host }
  }]
}

# Only TLS 1.2 and newer, to us with a certificate that is checked. HSTS and the rest of the headers are the shop's own.
resource "cloudflare_zone_setting" "this" {
  for_each = {
    ssl                      = "strict"
    min_tls_version          = "1.2"
    tls_1_3                  = "on"
    automatic_https_rewrites = "off" # would change pages, which are cached and signed as they are
    http3                    = "on"
    brotli                   = "on"
  }

  zone_id    = var.zone_id
  setting_id = each.key
  value      = each.value
}

# HTTPS only. Not by the zone's setting: Let's Encrypt asks over HTTP before there is the certificate that `strict` wants.
resource "cloudflare_ruleset" "https" {
  zone_id     = var.zone_id
  name        = "${var.name}: HTTPS"
  description = "From HTTP to HTTPS"
  kind        = "zone"
  phase       = "http_request_dynamic_redirect"

  rules = [{
    description = "HTTPS only, but for Let's Encrypt's question whether the host is ours"
    expression  = "(not ssl and (${local.is_shop} or ${local.is_media}) and not starts_with(http.request.uri.path, \"/.well-known/acme-challenge/\"))"
    action      = "redirect"
    action_parameters = {
      from_value = {
        status_code           = 308
        preserve_query_string = true
        target_url            = { expression = "concat(\"https://\", http.host, http.request.uri.path)" }
      }
    }
  }]
}
