# The same as the defaults, said aloud: `terraform plan` alone means this environment.
environment        = "development"
region             = "eu-central-1"
shop_host          = "shop.development.example.com"
media_host         = "media.development.example.com"
cloudflare         = null
ingress_host       = null
vpc_cidr           = "10.40.0.0/16"
zones              = 2
api_allowed_cidrs  = []
cluster_admin_arns = []
backup_days        = 14

nodes = {
  instance_types = ["t3.large"]
  min            = 2
  desired        = 2
  max            = 4
}

database = {
  instance_class      = "db.t4g.medium"
  storage             = 20
  storage_max         = 100
  multi_az            = false
  backup_days         = 7
  deletion_protection = false
}

cache = {
  node_type     = "cache.t4g.small"
  nodes         = 1
  snapshot_days = 1
}
