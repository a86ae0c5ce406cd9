"""What `terraform validate` would find, as far as it can be found without the providers, and what we promise beyond."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

TERRAFORM = Path(__file__).resolve().parents[2] / "terraform"
MODULES = sorted(path for path in (TERRAFORM / "modules").iterdir() if path.is_dir())
FOLDERS = [TERRAFORM, *MODULES]
RESOURCE = re.compile(r"\b(data\.)?((?:aws|cloudflare|random)_\w+)\.(\w+)")

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@cache
def parsed(path: Path) -> dict[str, Any]:
    return hcl2.loads(path.read_text())


def text_of(folder: Path) -> str:
    """All Terraform code of the folder, without comments."""
    code = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    return re.sub(r"^\s*#.*$", "", code, flags=re.MULTILINE)


def blocks(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Blocks such as `variable "name" {…}`: their bodies by the labels, joined with a dot."""
    found = {}
    for path in folder.glob("*.tf"):
        for block in parsed(path).get(kind, []):
            for first, body in block.items():
                if kind in {"resource", "data"}:
                    for second, inner in body.items():
                        found[f"{unquoted(first)}.{unquoted(second)}"] = inner
                else:
                    found[unquoted(first)] = body
    return found


def attributes(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if not key.startswith("__")}


def unquoted(text: str) -> str:
    return text.strip('"')


def local_names(folder: Path) -> set[str]:
    return {
        name
        for path in folder.glob("*.tf")
        for block in parsed(path).get("locals", [])
        for name in attributes(block)
    }


def tfvars(environment: str) -> dict[str, Any]:
    path = TERRAFORM / "environments" / f"{environment}.tfvars"
    return attributes(parsed(path))


@each_folder
def test_every_variable_is_typed_described_and_used(folder: Path) -> None:
    code = text_of(folder)
    variables = blocks(folder, "variable")

    assert variables
    for name, body in variables.items():
        assert body.get("type"), name
        assert body.get("description"), name
        uses = re.findall(rf"\bvar\.{name}\b", code)
        own = re.findall(rf"\bvar\.{name}\b", str(body.get("validation", "")))
        assert len(uses) > len(own), f"{name} is used nowhere"


@each_folder
def test_every_output_is_described(folder: Path) -> None:
    outputs = blocks(folder, "output")

    assert outputs
    assert all(body.get("description") for body in outputs.values())


@each_folder
def test_whatever_is_referenced_exists(folder: Path) -> None:
    code = text_of(folder)
    resources, data = set(blocks(folder, "resource")), set(blocks(folder, "data"))
    declared = {match[2] for match in RESOURCE.finditer(code)}

    assert declared
    assert set(re.findall(r"\bvar\.(\w+)", code)) <= set(blocks(folder, "variable"))
    assert set(re.findall(r"\blocal\.(\w+)", code)) <= local_names(folder)
    for in_data, kind, name in RESOURCE.findall(code):
        assert f"{kind}.{name}" in (data if in_data else resources)


def test_every_variable_of_a_module_is_passed_and_no_other() -> None:
    calls = blocks(TERRAFORM, "module")

    assert {path.name for path in MODULES} == set(calls)
    for name, body in calls.items():
        passed = set(attributes(body)) - {"source", "count"}
        assert unquoted(body["source"]) == f"./modules/{name}"
        assert passed == set(blocks(TERRAFORM / "modules" / name, "variable")), name


def test_every_output_of_a_module_exists_and_is_used() -> None:
    code = text_of(TERRAFORM)
    used = set(re.findall(r"\bmodule\.(\w+)(?:\[0\])?\.(\w+)", code))
    declared = {
        (module.name, output)
        for module in MODULES
        for output in blocks(module, "output")
    }

    assert used == declared


def test_passwords_in_outputs_are_marked() -> None:
    for folder in FOLDERS:
        for name, body in blocks(folder, "output").items():
            if name in {"url", "purge_token"}:
                assert body.get("sensitive") is True, f"{folder.name}: {name}"


def test_plain_plan_means_development() -> None:
    variables = blocks(TERRAFORM, "variable")
    defaults = {name: body["default"] for name, body in variables.items()}

    assert tfvars("development") == defaults


def test_production_sets_every_variable_and_is_redundant_and_protected() -> None:
    production = tfvars("production")

    assert set(production) == set(blocks(TERRAFORM, "variable"))
    assert production["zones"] == 3
    assert production["database"]["multi_az"] is True
    assert production["database"]["deletion_protection"] is True
    assert production["database"]["backup_days"] == 35
    assert production["cache"]["nodes"] >= 2
    assert production["nodes"]["min"] >= 3
    assert production["cloudflare"] is not None


@each_folder
def test_providers_are_pinned_once_in_the_root(folder: Path) -> None:
    code = text_of(folder)
    providers = re.findall(
        r'source\s*=\s*"[a-z]+/[a-z]+"(?:\s*version\s*=\s*"([^"]*)")?', code
    )

    assert providers
    for version in providers:
        assert bool(re.fullmatch(r"\d+\.\d+\.\d+", version)) == (folder == TERRAFORM)


def test_engines_are_the_documented_versions() -> None:
    database = blocks(TERRAFORM / "modules/database", "resource")[
        "aws_db_instance.this"
    ]
    cache = blocks(TERRAFORM / "modules/cache", "resource")
    redis = cache["aws_elasticache_replication_group.this"]

    assert unquoted(database["engine_version"]) == "15"
    assert unquoted(redis["engine_version"]).startswith("7.")


def test_no_bucket_is_public_and_each_is_encrypted_and_versioned() -> None:
    resources = blocks(TERRAFORM / "modules/buckets", "resource")
    closed = resources["aws_s3_bucket_public_access_block.this"]

    assert closed["for_each"] == "${local.purposes}"
    for setting in ("block_public_acls", "block_public_policy", "ignore_public_acls"):
        assert closed[setting] is True
    assert closed["restrict_public_buckets"] is True
    assert resources["aws_s3_bucket_versioning.this"]["for_each"] == closed["for_each"]
    assert resources["aws_s3_bucket_policy.this"]["for_each"] == closed["for_each"]
    encryption = resources["aws_s3_bucket_server_side_encryption_configuration.this"]
    assert set(re.findall(r"(\w+) = \{", str(encryption["for_each"]))) | set(
        attributes(encryption["for_each"])
        if isinstance(encryption["for_each"], dict)
        else ()
    ) == {"media", "private", "backups", "logs"}


def test_pods_have_the_rights_of_their_service_accounts() -> None:
    code = text_of(TERRAFORM / "modules/secrets")

    assert set(re.findall(r'service_account = "([a-z-]+)"', code)) == {
        "ecommerce-app",
        "ecommerce-backup",
        "external-secrets",
    }


def test_the_backend_is_optional() -> None:
    assert not re.search(r"\bbackend\s+\"", text_of(TERRAFORM))
    assert re.search(r'backend "s3"', (TERRAFORM / "backend.tf.example").read_text())


# --- Cloudflare -------------------------------------------------------------------


def rules(name: str) -> list[dict[str, Any]]:
    body = blocks(TERRAFORM / "modules/dns_cdn", "resource")[
        f"cloudflare_ruleset.{name}"
    ]
    return body["rules"]


def test_the_cdn_caches_static_files_and_media_for_a_year() -> None:
    year = 365 * 24 * 3600
    static, media, pages, personal = rules("cache")

    assert "/static/" in static["expression"]
    assert "local.is_media" in media["expression"]
    for rule in (static, media):
        assert rule["action_parameters"]["edge_ttl"]["default"] == year
        (errors,) = rule["action_parameters"]["edge_ttl"]["status_code_ttl"]
        assert errors["value"] == 0
    assert (
        unquoted(pages["action_parameters"]["edge_ttl"]["mode"]) == "bypass_by_default"
    )
    assert personal["action_parameters"] == {"cache": False}


def test_what_belongs_to_one_visitor_is_never_cached() -> None:
    code = text_of(TERRAFORM / "modules/dns_cdn")
    (listed,) = re.findall(r"private_paths = \[(.*?)\]", code, re.DOTALL)
    paths = set(re.findall(r'"(/[^"]+)"', listed))

    personal = {"basket", "checkout", "accounts", "wishlists", "password-reset"}
    assert paths >= {f"/{name}/" for name in personal}
    assert paths >= {f"/de/{name}/" for name in personal}
    assert paths >= {"/cms/", "/dashboard/", "/documents/", "/webhooks/"}


def test_the_firewall_has_managed_rules_and_rate_limits() -> None:
    code = text_of(TERRAFORM / "modules/dns_cdn")

    assert 'phase       = "http_request_firewall_managed"' in code
    assert len(rules("rate_limits")) == 3
    assert rules("rate_limits")[0]["ratelimit"]["requests_per_period"] == 10
    for rule in rules("rate_limits"):
        assert rule["ratelimit"]["period"] == 60


def test_tls_is_strict_and_the_purge_token_can_do_nothing_else() -> None:
    resources = blocks(TERRAFORM / "modules/dns_cdn", "resource")
    settings = resources["cloudflare_zone_setting.this"]["for_each"]
    (policy,) = resources["cloudflare_account_token.purge"]["policies"]
    groups = blocks(TERRAFORM / "modules/dns_cdn", "data")[
        "cloudflare_account_api_token_permission_groups_list.purge"
    ]

    assert unquoted(settings["ssl"]) == "strict"
    assert unquoted(groups["name"]) == "Cache Purge"
    assert len(policy["permission_groups"]) == 1
    assert "zone.${var.zone_id}" in policy["resources"]
