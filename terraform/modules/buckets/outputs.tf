output "names" {
  description = "Names by purpose: media, private, backups, logs."
  value       = { for purpose, bucket in aws_s3_bucket.this : purpose => bucket.bucket }
}

output "arns" {
  description = "The same as ARNs."
  value       = { for purpose, bucket in aws_s3_bucket.this : purpose => bucket.arn }
}

output "media_host" {
  description = "Address of the bucket of media, for the CDN."
  value       = aws_s3_bucket.this["media"].bucket_regional_domain_name
}
