# Replace hosts and the ids of Cloudflare, which are in the zone's overview.
environment        = "production"
region             = "eu-central-1"
shop_host          = "shop.example.com"
media_host         = "media.example.com"
ingress_host       = null
vpc_cidr           = "10.50.0.0/16"
zones              = 3
api_allowed_cidrs  = []
cluster_admin_arns = []
backup_days        = 35

cloudflare = {
  account_id = "00000000000000000000000000000000"
  zone_id    = "00000000000000000000000000000000"
  owasp      = true
}

nodes = {
  instance_types = ["m7i.large", "m6i.large"]
  min            = 3
  desired        = 3
  max            = 12
}

database = {
  instance_class      = "db.m7g.large"
  storage             = 100
  storage_max         = 1000
  multi_az            = true
  backup_days         = 35
  deletion_protection = true
}

cache = {
  node_type     = "cache.m7g.large"
  nodes         = 2
  snapshot_days = 7
}
