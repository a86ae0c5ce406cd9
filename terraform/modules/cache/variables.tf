variable "name" {
  description = "Beginning of every name here."
  type        = string
}

variable "vpc_id" {
  description = "Network it stands in."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a way to the internet."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, by a name for each."
  type        = map(string)
}

variable "settings" {
  description = "Machine, number of nodes, days that snapshots are kept."
  type = object({
    node_type     = string
    nodes         = number
    snapshot_days = number
  })
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored."
  type        = string
}
