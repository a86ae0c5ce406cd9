# The defaults make a development environment. `environments/*.tfvars` hold what differs.

variable "environment" {
  description = "Which environment this is: part of every name."
  type        = string
  default     = "development"

  validation {
    condition     = contains(["development", "production"], var.environment)
    error_message = "The environment is development or production."
  }
}

variable "region" {
  description = "AWS region that everything lies in."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like eu-central-1."
  }
}

variable "shop_host" {
  description = "Host name of the shop, also that of its static files."
  type        = string
  default     = "shop.development.example.com"

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.shop_host))
    error_message = "A host name in lower case, without https:// and without a slash."
  }
}

variable "media_host" {
  description = "Host name that uploaded pictures are served from, by the CDN."
  type        = string
  default     = "media.development.example.com"

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.media_host)) && var.media_host != var.shop_host
    error_message = "A host name in lower case, without https:// and without a slash, other than the shop's."
  }
}

variable "cloudflare" {
  description = "Account and zone at Cloudflare; null leaves out DNS and CDN. `owasp` also runs the OWASP core rules, which not every plan has."
  type = object({
    account_id = string
    zone_id    = string
    owasp      = bool
  })
  default = null

  validation {
    condition = var.cloudflare == null ? true : alltrue([
      for id in [var.cloudflare.account_id, var.cloudflare.zone_id] : can(regex("^[0-9a-f]{32}$", id))
    ])
    error_message = "Cloudflare's ids have 32 hexadecimal signs."
  }

  validation {
    condition     = var.environment != "production" || var.cloudflare != null
    error_message = "Production stands behind Cloudflare: set account_id, zone_id and owasp."
  }
}

variable "ingress_host" {
  description = "Host name of the ingress controller's load balancer, known once it runs; null leaves out the shop's DNS record."
  type        = string
  default     = null
}

variable "vpc_cidr" {
  description = "Addresses of the network, a /16."
  type        = string
  default     = "10.40.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && endswith(var.vpc_cidr, "/16")
    error_message = "A /16 such as 10.40.0.0/16."
  }
}

variable "zones" {
  description = "Number of availability zones that network and nodes are spread over."
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.zones)
    error_message = "Two or three zones."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes version of the cluster, 1.25 or newer and offered by EKS."
  type        = string
  default     = "1.36" # standard support until 2 August 2027; the next one: aws eks describe-cluster-versions

  validation {
    condition     = can(regex("^1\\.(2[5-9]|[3-9][0-9])$", var.kubernetes_version))
    error_message = "1.25 or newer, without a patch number."
  }
}

variable "api_allowed_cidrs" {
  description = "Addresses that reach the cluster's API from outside; none: it is reached from within the network only."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.api_allowed_cidrs : can(cidrnetmask(cidr)) && cidr != "0.0.0.0/0"])
    error_message = "Addresses such as 203.0.113.0/24, never all of them."
  }
}

variable "cluster_admin_arns" {
  description = "IAM roles that administer the cluster, beside the one that makes it."
  type        = list(string)
  default     = []
}

variable "nodes" {
  description = "Machines of the cluster: types, and how many at least, at start and at most."
  type = object({
    instance_types = list(string)
    min            = number
    desired        = number
    max            = number
  })
  default = {
    instance_types = ["t3.large"]
    min            = 2
    desired        = 2
    max            = 4
  }

  validation {
    condition     = 1 <= var.nodes.min && var.nodes.min <= var.nodes.desired && var.nodes.desired <= var.nodes.max
    error_message = "1 ≤ min ≤ desired ≤ max."
  }
}

variable "database" {
  description = "PostgreSQL: machine, storage in GiB at start and at most, a standby in another zone, days of point-in-time recovery, protection from deletion."
  type = object({
    instance_class      = string
    storage             = number
    storage_max         = number
    multi_az            = bool
    backup_days         = number
    deletion_protection = bool
  })
  default = {
    instance_class      = "db.t4g.medium"
    storage             = 20
    storage_max         = 100
    multi_az            = false
    backup_days         = 7
    deletion_protection = false
  }

  validation {
    condition     = 1 <= var.database.backup_days && var.database.backup_days <= 35
    error_message = "RDS keeps 1 to 35 days."
  }

  validation {
    condition     = 20 <= var.database.storage && var.database.storage < var.database.storage_max
    error_message = "At least 20 GiB, and storage_max above it."
  }
}

variable "cache" {
  description = "Redis: machine, number of nodes (two or more fail over by themselves), days that snapshots are kept."
  type = object({
    node_type     = string
    nodes         = number
    snapshot_days = number
  })
  default = {
    node_type     = "cache.t4g.small"
    nodes         = 1
    snapshot_days = 1
  }

  validation {
    condition     = 1 <= var.cache.nodes && var.cache.nodes <= 6
    error_message = "One to six nodes."
  }
}

variable "backup_days" {
  description = "Days that files of `make db-backup` are kept in their bucket."
  type        = number
  default     = 14

  validation {
    condition     = var.backup_days >= 7
    error_message = "At least a week."
  }
}
