variable "name" {
  description = "Beginning of every name here."
  type        = string
}

variable "account_id" {
  description = "Cloudflare's account."
  type        = string
}

variable "zone_id" {
  description = "Cloudflare's zone."
  type        = string
}

variable "owasp" {
  description = "Whether the OWASP core rules run too."
  type        = bool
}

variable "shop_host" {
  description = "Host name of the shop and its static files."
  type        = string
}

variable "media_host" {
  description = "Host name of uploaded pictures."
  type        = string
}

variable "ingress_host" {
  description = "Load balancer of the ingress controller; null leaves out its DNS record."
  type        = string
}

variable "media_bucket_host" {
  description = "Address of the bucket that media lie in."
  type        = string
}
