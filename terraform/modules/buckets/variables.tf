variable "name" {
  description = "Beginning of every name here."
  type        = string
}

variable "public_origin" {
  description = "Origin of the shop, whose pages may read media by script."
  type        = string
}

variable "reader_cidrs" {
  description = "Addresses of the CDN: who else asks for media is refused. None: nobody is served."
  type        = list(string)
}

variable "backup_days" {
  description = "Days that backups are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored."
  type        = string
}
