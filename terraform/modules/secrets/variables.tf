variable "name" {
  description = "Beginning of every name here."
  type        = string
}

variable "secret_name" {
  description = "Name of the secret, which k8s/base/external-secrets.yaml reads."
  type        = string
}

variable "cluster_name" {
  description = "Cluster whose pods get the rights."
  type        = string
}

variable "database_url" {
  description = "DATABASE_URL of the shop."
  type        = string
  sensitive   = true
}

variable "redis_url" {
  description = "REDIS_URL of the shop."
  type        = string
  sensitive   = true
}

variable "bucket_arns" {
  description = "Buckets by purpose: media, private, backups, logs."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored."
  type        = string
}
