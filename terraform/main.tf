# Everything around the cluster. What runs in it is in k8s/ and helm/.

locals {
  name = "ecommerce-${var.environment}"

  # The networks that the load balancer takes requests from. IPv4 only, as hosts of buckets are.
  cloudflare_cidrs = yamldecode(file("${path.root}/../k8s/ingress-nginx/cloudflare.yaml")).controller.service.loadBalancerSourceRanges
}

module "network" {
  source = "./modules/network"

  name         = local.name
  cidr         = var.vpc_cidr
  zones        = var.zones
  nat_gateways = var.environment == "production" ? var.zones : 1
  kms_key_arn  = aws_kms_key.this.arn
}

module "cluster" {
  source = "./modules/cluster"

  name               = local.name
  kubernetes_version = var.kubernetes_version
  subnet_ids         = module.network.private_subnet_ids
  api_allowed_cidrs  = var.api_allowed_cidrs
  admin_arns         = var.cluster_admin_arns
  nodes              = var.nodes
  kms_key_arn        = aws_kms_key.this.arn
}

module "database" {
  source = "./modules/database"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  settings                  = var.database
  kms_key_arn               = aws_kms_key.this.arn
}

module "cache" {
  source = "./modules/cache"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  settings                  = var.cache
  kms_key_arn               = aws_kms_key.this.arn
}

module "buckets" {
  source = "./modules/buckets"

  name          = local.name
  public_origin = "https://${var.shop_host}"
  reader_cidrs  = var.cloudflare == null ? [] : local.cloudflare_cidrs
  backup_days   = var.backup_days
  kms_key_arn   = aws_kms_key.this.arn
}

module "secrets" {
  source = "./modules/secrets"

  name         = local.name
  secret_name  = "ecommerce/${var.environment}"
  cluster_name = module.cluster.name
  database_url = module.database.url
  redis_url    = module.cache.url
  bucket_arns  = module.buckets.arns
  kms_key_arn  = aws_kms_key.this.arn
}

module "dns_cdn" {
  source = "./modules/dns_cdn"
  count  = var.cloudflare == null ? 0 : 1

  name              = local.name
  account_id        = var.cloudflare.account_id
  zone_id           = var.cloudflare.zone_id
  owasp             = var.cloudflare.owasp
  shop_host         = var.shop_host
  media_host        = var.media_host
  ingress_host      = var.ingress_host
  media_bucket_host = module.buckets.media_host
}
