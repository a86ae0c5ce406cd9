variable "name" {
  description = "Beginning of every name here."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string
}

variable "zones" {
  description = "Number of availability zones."
  type        = number
}

variable "nat_gateways" {
  description = "Number of gateways to the internet: one for all zones, or one for each."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored."
  type        = string
}
