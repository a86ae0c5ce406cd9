output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Subnets of nodes and pods."
  value       = aws_subnet.private[*].id
}

output "data_subnet_ids" {
  description = "Subnets of PostgreSQL and Redis."
  value       = aws_subnet.data[*].id
}

output "nat_addresses" {
  description = "Addresses that outbound requests come from."
  value       = aws_eip.nat[*].public_ip
}
