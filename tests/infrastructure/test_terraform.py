"""What `terraform validate` would find, as far as it can be found without the providers, and what we promise beyond."""

import re
import shutil
import subprocess
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from tests.infrastructure.manifests import program

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


def blocks_without_label(folder: Path, *kinds: str) -> list[dict[str, Any]]:
    """Blocks such as `terraform { required_providers {…} }`, from the outer kind to the inner."""
    found = [parsed(path) for path in folder.glob("*.tf")]
    for kind in kinds:
        found = [inner for body in found for inner in body.get(kind, [])]
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


@each_folder
def test_every_attribute_that_is_asked_for_is_in_the_variables_type(
    folder: Path,
) -> None:
    variables = blocks(folder, "variable")

    for name, attribute in re.findall(r"\bvar\.(\w+)\.(\w+)", text_of(folder)):
        assert f"{attribute} = " in variables[name]["type"], f"{name}.{attribute}"


@each_folder
def test_every_provider_that_is_used_is_required(folder: Path) -> None:
    (required,) = blocks_without_label(folder, "terraform", "required_providers")

    used = {match[1].partition("_")[0] for match in RESOURCE.findall(text_of(folder))}
    assert used <= set(attributes(required))


def test_values_passed_whole_have_the_same_type_in_root_and_module() -> None:
    for module, body in blocks(TERRAFORM, "module").items():
        inner = blocks(TERRAFORM / "modules" / module, "variable")
        for name, value in attributes(body).items():
            if whole := re.fullmatch(r"\$\{var\.(\w+)\}", str(value)):
                outer = blocks(TERRAFORM, "variable")[whole[1]]
                assert inner[name]["type"] == outer["type"], f"{module}: {name}"


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
    del defaults["kubernetes_version"]  # one place for all clusters: the default

    assert tfvars("development") == defaults


def test_the_version_of_kubernetes_is_dated_and_stands_in_one_place() -> None:
    """EKS costs six times as much once standard support has ended."""
    named = [
        line
        for path in sorted(TERRAFORM.rglob("*.tf*"))
        for line in path.read_text().splitlines()
        if re.search(r'= +"1\.\d\d"', line)
    ]

    (line,) = named
    assert re.search(r"# standard support until \d+ \w+ 20\d\d;", line)


def test_production_sets_every_variable_and_is_redundant_and_protected() -> None:
    production = tfvars("production")

    assert set(production) == set(blocks(TERRAFORM, "variable")) - {
        "kubernetes_version"
    }
    assert production["zones"] == 3
    assert production["database"]["multi_az"] is True
    assert production["database"]["deletion_protection"] is True
    assert production["database"]["backup_days"] == 35
    assert production["cache"]["nodes"] >= 2
    assert production["nodes"]["min"] >= 3
    assert production["cloudflare"] is not None


def plan(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Let Terraform itself judge values: a plan of the root's variables alone, which need no provider."""
    shutil.copy(TERRAFORM / "variables.tf", tmp_path)
    return subprocess.run(
        [
            program("terraform"),
            f"-chdir={tmp_path}",
            "plan",
            "-input=false",
            "-no-color",
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("environment", ["", "development", "production"])
def test_terraform_takes_the_values_of_each_environment(
    tmp_path: Path, environment: str
) -> None:
    path = TERRAFORM / "environments" / f"{environment}.tfvars"

    done = plan(tmp_path, *([f"-var-file={path}"] if environment else []))

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("environment=staging", "development or production"),
        ("environment=production", "stands behind Cloudflare"),
        ("shop_host=https://shop.example.com/", "without https://"),
        ("media_host=shop.development.example.com", "other than the shop's"),
        ("vpc_cidr=10.0.0.0/24", "A /16"),
        ("zones=1", "Two or three zones"),
        ("kubernetes_version=1.24", "1.25 or newer"),
        ('api_allowed_cidrs=["0.0.0.0/0"]', "never all of them"),
        ("backup_days=1", "At least a week"),
        ('cache={node_type="x",nodes=0,snapshot_days=1}', "One to six nodes"),
        ('nodes={instance_types=["x"],min=2,desired=1,max=3}', "min ≤ desired"),
    ],
)
def test_a_wrong_value_is_refused_in_words(
    tmp_path: Path, wrong: str, says: str
) -> None:
    done = plan(tmp_path, f"-var={wrong}")

    assert done.returncode == 1
    assert says in " ".join(done.stderr.split())


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


def test_media_are_opened_to_no_range_that_amazon_counts_as_public() -> None:
    """Amazon refuses a policy for IPv6 ranges broader than /32; one of Cloudflare's is."""
    opened = blocks(TERRAFORM, "module")["buckets"]["reader_cidrs"]
    (values,) = re.findall(
        r'cloudflare_cidrs += yamldecode\(file\("\$\{path\.root\}/(\S+)"\)\)'
        r"\.controller\.service\.loadBalancerSourceRanges\n",
        text_of(TERRAFORM),
    )
    networks = yaml.safe_load((TERRAFORM / values).read_text())["controller"]["service"]

    assert opened == "${var.cloudflare == null ? [] : local.cloudflare_cidrs}"
    assert networks["loadBalancerSourceRanges"]
    for network in networks["loadBalancerSourceRanges"]:
        assert ip_network(network).version == 4


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
    files, pages, personal = rules("cache")

    assert "/static/" in files["expression"]
    assert "local.is_media" in files["expression"]
    assert files["action_parameters"]["edge_ttl"]["default"] == year
    (errors,) = files["action_parameters"]["edge_ttl"]["status_code_ttl"]
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


def test_all_but_the_question_of_lets_encrypt_is_sent_to_https() -> None:
    (rule,) = rules("https")
    redirect = rule["action_parameters"]["from_value"]

    assert "not ssl" in rule["expression"]
    assert "local.is_shop" in rule["expression"]
    assert "local.is_media" in rule["expression"]
    assert "/.well-known/acme-challenge/" in rule["expression"]
    assert redirect["status_code"] == 308
    assert redirect["preserve_query_string"] is True
    assert "always_use_https" not in text_of(TERRAFORM / "modules/dns_cdn")


def test_tls_is_strict_and_the_purge_token_can_do_nothing_else() -> None:
    resources = blocks(TERRAFORM / "modules/dns_cdn", "resource")
    settings = resources["cloudflare_zone_setting.this"]["for_each"]
    (policy,) = resources["cloudflare_account_token.purge"]["policies"]

    assert unquoted(settings["ssl"]) == "strict"
    assert 'if group.name == "Cache Purge"' in policy["permission_groups"]
    assert "zone.${var.zone_id}" in policy["resources"]
