variable "name" {
  description = "Beginning of every name here."
  type        = string
}

variable "kubernetes_version" {
  description = "Kubernetes version, without a patch number."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of nodes and pods."
  type        = list(string)
}

variable "api_allowed_cidrs" {
  description = "Addresses that reach the API from outside; none closes it to the outside."
  type        = list(string)
}

variable "admin_arns" {
  description = "IAM roles that administer the cluster."
  type        = list(string)
}

variable "nodes" {
  description = "Machine types, and how many at least, at start and at most."
  type = object({
    instance_types = list(string)
    min            = number
    desired        = number
    max            = number
  })
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored."
  type        = string
}
