# What pods may do at AWS, by their service accounts (k8s/base/rbac.yaml): no key is handed out.

locals {
  bucket_actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]

  pods = {
    app = {
      namespace       = "ecommerce"
      service_account = "ecommerce-app"
      policy          = data.aws_iam_policy_document.app.json
    }
    backup = {
      namespace       = "ecommerce"
      service_account = "ecommerce-backup"
      policy          = data.aws_iam_policy_document.backup.json
    }
    external-secrets = {
      namespace       = "external-secrets"
      service_account = "external-secrets"
      policy          = data.aws_iam_policy_document.external_secrets.json
    }
  }
}

data "aws_iam_policy_document" "app" {
  statement {
    actions   = local.bucket_actions
    resources = ["${var.bucket_arns["media"]}/*", "${var.bucket_arns["private"]}/*"]
  }

  statement {
    actions   = ["s3:ListBucket"]
    resources = [var.bucket_arns["media"], var.bucket_arns["private"]]
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

# Reads the shop's files and puts them back at a restore, but deletes none; writes its own. A backup that is damaged or
# deleted can be had back: old versions stay 30 days.
data "aws_iam_policy_document" "backup" {
  statement {
    actions   = local.bucket_actions
    resources = ["${var.bucket_arns["backups"]}/*"]
  }

  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.bucket_arns["media"]}/*", "${var.bucket_arns["private"]}/*"]
  }

  statement {
    actions   = ["s3:ListBucket"]
    resources = [var.bucket_arns["media"], var.bucket_arns["private"], var.bucket_arns["backups"]]
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

data "aws_iam_policy_document" "external_secrets" {
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [aws_secretsmanager_secret.this.arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "pod" {
  for_each = local.pods

  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "pod" {
  for_each = local.pods

  name   = "work"
  role   = aws_iam_role.pod[each.key].id
  policy = each.value.policy
}

resource "aws_eks_pod_identity_association" "pod" {
  for_each = local.pods

  cluster_name    = var.cluster_name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = aws_iam_role.pod[each.key].arn
}
