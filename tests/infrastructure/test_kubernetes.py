"""k8s/: the documented files and names, and that its objects fit together."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from storefront.settings.redis import with_password
from tests.infrastructure.manifests import (
    CHECKOUT,
    COMPONENT,
    K8S,
    NAME,
    Manifest,
    chart,
    containers,
    is_selected,
    named,
    names,
    of_kind,
    overlay,
    overlay_with,
    pods,
    program,
    values_of,
    without_hash,
)

DOCUMENTED = [
    *("kustomization", "namespace", "configmap", "secrets", "deployment", "ingress"),
    *("celery-deployment", "service", "statefulsets", "pvc", "hpa", "rbac", "jobs"),
    *("certificate", "cronjobs", "monitoring", "grafana-dashboard", "external-secrets"),
]
ADDED = ["networkpolicy", "pdb", "beat-deployment"]

both = pytest.mark.parametrize("environment", ["development", "production"])

SELECTED = {
    "Deployment ecommerce-web": {"web"},
    "Deployment ecommerce-celery-worker": {"worker"},
    "Deployment ecommerce-celery-beat": {"beat"},
    "StatefulSet ecommerce-postgres": {"postgres"},
    "StatefulSet ecommerce-redis": {"redis"},
    "Service ecommerce-web": {"web"},
    "Service ecommerce-postgres": {"postgres"},
    "Service ecommerce-redis": {"redis"},
    "PodDisruptionBudget ecommerce-web": {"web"},
    "PodDisruptionBudget ecommerce-celery-worker": {"worker"},
    "PodDisruptionBudget ecommerce-celery-beat": {"beat"},
    "PodMonitor ecommerce-celery-worker": {"worker"},
    "PodMonitor ecommerce-celery-beat": {"beat"},
    "PodMonitor ecommerce-postgres": {"postgres"},
    "NetworkPolicy ecommerce-backup": {"backup"},
    "NetworkPolicy ecommerce-celery-beat": {"beat"},
    "NetworkPolicy ecommerce-celery-worker": {"worker"},
    "NetworkPolicy ecommerce-cloud-identity": {"web", "worker", "backup"},
    "NetworkPolicy ecommerce-default-deny": {
        *("web", "worker", "beat", "migration", "backup", "postgres", "redis")
    },
    "NetworkPolicy ecommerce-dns": {"web", "worker", "beat", "migration", "backup"},
    "NetworkPolicy ecommerce-migrate": {"migration"},
    "NetworkPolicy ecommerce-postgres": {"postgres"},
    "NetworkPolicy ecommerce-redis": {"redis"},
    "NetworkPolicy ecommerce-web": {"web"},
}
"""What each selector is meant for, by component."""


def selector_of(manifest: Manifest) -> Manifest | None:
    spec = manifest.get("spec", {})
    if manifest["kind"] == "NetworkPolicy":
        return spec["podSelector"]
    if manifest["kind"] == "Service":
        return {"matchLabels": spec["selector"]}
    if manifest["kind"] == "ServiceMonitor":  # selects Services
        return None
    return spec.get("selector")


def title(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def variables_documented() -> set[str]:
    page = (CHECKOUT / "docs/reference/settings.md").read_text()
    return set(re.findall(r"^\| `([A-Z_0-9]+)`", page, re.MULTILINE))


# --- The tree ---------------------------------------------------------------------


def test_base_holds_the_documented_files_and_three_more() -> None:
    found = {path.name for path in (K8S / "base").iterdir()}

    assert found == {f"{name}.yaml" for name in DOCUMENTED + ADDED}


def test_every_file_of_base_is_applied() -> None:
    listed = yaml.safe_load((K8S / "base/kustomization.yaml").read_text())

    found = {path.name for path in (K8S / "base").iterdir()}
    applied = {*listed["resources"], *listed["generators"]}
    assert applied | {"kustomization.yaml"} == found


@both
def test_documented_names_are_there(environment: str) -> None:
    manifests = overlay(environment)

    assert names(manifests, "Namespace") == {"ecommerce"}
    assert names(manifests, "Deployment") == {
        "ecommerce-web",
        "ecommerce-celery-worker",
        "ecommerce-celery-beat",
    }
    assert names(manifests, "StatefulSet") == {"ecommerce-postgres", "ecommerce-redis"}


@both
def test_every_object_is_in_the_namespace_and_found_by_the_documented_label(
    environment: str,
) -> None:
    for manifest in overlay(environment):
        if manifest["kind"] != "Namespace":
            assert manifest["metadata"]["namespace"] == "ecommerce", title(manifest)
        assert manifest["metadata"]["labels"][NAME] == "ecommerce", title(manifest)
    for template in pods(overlay(environment)).values():
        assert template["metadata"]["labels"][NAME] == "ecommerce"


# --- That things fit together -------------------------------------------------------


@both
def test_each_selector_selects_the_pods_it_is_meant_for(environment: str) -> None:
    manifests = overlay(environment)
    labels = [template["metadata"]["labels"] for template in pods(manifests).values()]

    selected = {
        title(manifest): {
            each[COMPONENT] for each in labels if is_selected(each, selector)
        }
        for manifest in manifests
        if (selector := selector_of(manifest)) is not None
    }

    assert selected == SELECTED


@both
def test_monitor_of_web_selects_its_service_alone(environment: str) -> None:
    manifests = overlay(environment)
    (monitor,) = of_kind(manifests, "ServiceMonitor")

    selected = {
        service["metadata"]["name"]
        for service in of_kind(manifests, "Service")
        if is_selected(service["metadata"]["labels"], monitor["spec"]["selector"])
    }

    assert selected == {"ecommerce-web"}


@both
def test_what_is_referred_to_exists(environment: str) -> None:
    manifests = overlay(environment)
    secret = {"ecommerce-secrets"}
    configs, claims, accounts = set(), set(), set()
    for template in pods(manifests).values():
        accounts.add(template["spec"]["serviceAccountName"])
        configs |= {
            each["name"]
            for key in ("configMapRef", "configMap")
            for each in values_of(template, key)
        }
        claims |= set(values_of(template, "claimName"))
        for key in ("secretRef", "secretKeyRef"):
            assert {each["name"] for each in values_of(template, key)} <= secret

    assert configs <= names(manifests, "ConfigMap")
    templates = {
        f"{claim['metadata']['name']}-{owner['metadata']['name']}-0"
        for owner in of_kind(manifests, "StatefulSet")
        for claim in owner["spec"]["volumeClaimTemplates"]
    }
    assert claims - templates == names(manifests, "PersistentVolumeClaim")
    assert accounts == names(manifests, "ServiceAccount")
    assert names(manifests, "Secret") == (
        secret if environment == "development" else set()
    )


@both
def test_ingresses_reach_a_port_of_the_web_service(environment: str) -> None:
    manifests = overlay(environment)
    ports = {
        port["name"]
        for port in named(manifests, "Service", "ecommerce-web")["spec"]["ports"]
    }

    for ingress in of_kind(manifests, "Ingress"):
        for backend in values_of(ingress, "service"):
            assert backend["name"] == "ecommerce-web"
            assert backend["port"]["name"] in ports


@both
def test_named_ports_are_ports_of_the_container(environment: str) -> None:
    for template in pods(overlay(environment)).values():
        for container in template["spec"]["containers"]:
            ports = {port["name"] for port in container.get("ports", [])}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                assert set(values_of(container.get(probe, {}), "port")) <= ports


@both
def test_each_volume_that_is_mounted_exists_and_each_that_exists_is_mounted(
    environment: str,
) -> None:
    manifests = overlay(environment)
    for name, template in pods(manifests).items():
        mounted = {
            mount["name"]
            for container in containers(template)
            for mount in container.get("volumeMounts", [])
        }
        volumes = {volume["name"] for volume in template["spec"].get("volumes", [])}
        kind, _, owner = name.partition(" ")
        claims = named(manifests, kind, owner)["spec"].get("volumeClaimTemplates", [])
        volumes |= {claim["metadata"]["name"] for claim in claims}

        assert mounted == volumes, name


# --- Configuration ------------------------------------------------------------------


@both
def test_every_key_of_the_config_map_is_a_documented_variable(environment: str) -> None:
    config = named(overlay(environment), "ConfigMap", "ecommerce-config")["data"]

    assert set(config) - variables_documented() <= {"DJANGO_SETTINGS_MODULE"}


def production_settings(without: str = "") -> subprocess.CompletedProcess[str]:
    """Load production's settings with the ConfigMap and what the documented `kubectl create secret` makes."""
    config = named(overlay("production"), "ConfigMap", "ecommerce-config")["data"]
    command = re.search(
        r"create secret generic ecommerce-secrets \\\n(.+?)-n ecommerce",
        (CHECKOUT / "docs/deployment.md").read_text(),
        re.DOTALL,
    )
    assert command
    secret = dict(re.findall(r"--from-literal=(\w+)='([^']+)'", command[1]))
    secret["DATABASE_URL"] = secret["DATABASE_URL"].replace("...", "u:p@host:5432/shop")
    environment = config | secret
    environment.pop(without, None)
    return subprocess.run(
        [sys.executable, "-c", "import storefront.settings.production"],
        env={"PYTHONPATH": f"{CHECKOUT}:{CHECKOUT}/site", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_production_starts_with_the_two_documented_secrets() -> None:
    done = production_settings()

    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "MEDIA_BUCKET"])
@pytest.mark.skipif((CHECKOUT / ".env").exists(), reason="a .env stands in for it")
def test_production_names_what_is_missing(name: str) -> None:
    done = production_settings(without=name)

    assert done.returncode == 1
    assert f"{name} is not set" in done.stderr.splitlines()[-1]


@both
def test_shop_pods_read_the_config_map_then_the_secret(environment: str) -> None:
    manifests = overlay(environment)
    config = named(manifests, "ConfigMap", "ecommerce-config")["metadata"]["name"]
    for name, template in pods(manifests).items():
        for container in containers(template):
            if container["image"].startswith("ghcr.io/your-org/ecommerce"):
                assert container["envFrom"] == [
                    {"configMapRef": {"name": config}},
                    {"secretRef": {"name": "ecommerce-secrets"}},
                ], name
                variables = {each["name"] for each in container.get("env", [])}
                assert variables <= variables_documented()


@both
def test_last_words_of_a_start_that_failed_are_kept(environment: str) -> None:
    for name, template in pods(overlay(environment)).items():
        for container in containers(template):
            if container["image"].startswith("ghcr.io/your-org/ecommerce"):
                policy = container["terminationMessagePolicy"]
                assert policy == "FallbackToLogsOnError", name


def test_production_has_no_sample_secret_no_media_volume_no_external_secret() -> None:
    manifests = overlay("production")

    assert of_kind(manifests, "Secret", "ExternalSecret", "SecretStore") == []
    assert of_kind(manifests, "PersistentVolumeClaim") == []
    assert "development" not in str(manifests)


def test_development_keeps_files_on_a_volume() -> None:
    manifests = overlay("development")
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]

    assert "ecommerce-media" in names(manifests, "PersistentVolumeClaim")
    for name in ("ecommerce-web", "ecommerce-celery-worker"):
        template = pods(manifests)[f"Deployment {name}"]
        (mount,) = (
            each
            for each in template["spec"]["containers"][0]["volumeMounts"]
            if each["name"] == "media"
        )
        for variable in ("MEDIA_ROOT", "PRIVATE_ROOT"):
            assert config[variable].startswith(mount["mountPath"] + "/")


def test_host_stands_in_one_place(tmp_path: Path) -> None:
    manifests = overlay_with(
        tmp_path,
        "production",
        config=lambda text: text.replace(
            "ALLOWED_HOSTS: shop.example.com", "ALLOWED_HOSTS: mystore.com"
        ),
    )

    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    assert config["BASE_URL"] == "https://mystore.com"
    hosts = {*values_of(of_kind(manifests, "Ingress"), "host")}
    for found in values_of(of_kind(manifests, "Ingress"), "hosts"):
        hosts |= set(found)
    (certificate,) = of_kind(manifests, "Certificate")
    assert hosts | set(certificate["spec"]["dnsNames"]) == {"mystore.com"}


def test_secrets_come_from_a_manager_where_the_overlay_says_so(tmp_path: Path) -> None:
    manifests = overlay_with(
        tmp_path,
        "production",
        kustomization=lambda text: text.replace("secrets-by-hand", "secrets-external"),
    )

    assert of_kind(manifests, "Secret") == []
    (external,) = of_kind(manifests, "ExternalSecret")
    assert external["spec"]["target"]["name"] == "ecommerce-secrets"
    assert external["spec"]["secretStoreRef"]["name"] in names(manifests, "SecretStore")


def with_component(
    tmp_path: Path, name: str, environment: str = "production"
) -> list[Manifest]:
    return overlay_with(
        tmp_path,
        environment,
        kustomization=lambda text: text.replace(
            "components:\n", f"components:\n  - ../../components/{name}\n"
        ),
    )


@both
def test_managed_servers_take_the_place_of_those_in_the_cluster(
    tmp_path: Path, environment: str
) -> None:
    manifests = with_component(tmp_path, "managed-data", environment)

    assert of_kind(manifests, "StatefulSet") == []
    assert names(manifests, "Service") == {"ecommerce-web"}
    others = str([each for each in manifests if each["kind"] != "Secret"])
    assert "ecommerce-postgres" not in others
    assert "ecommerce-redis" not in others
    web = named(manifests, "NetworkPolicy", "ecommerce-web")["spec"]["egress"]
    assert {port["port"] for port in web[0]["ports"]} == {5432, 6432}
    assert {port["port"] for port in web[1]["ports"]} == {6379}


def test_pods_that_reach_managed_servers_can_read_their_authority(
    tmp_path: Path,
) -> None:
    own = with_component(tmp_path, "managed-data")
    rendered = chart("--set", "postgres.enabled=false")
    url = (CHECKOUT / "terraform/modules/database/outputs.tf").read_text()
    (path,) = re.findall(r"\?sslmode=verify-full&sslrootcert=([\w./]+)", url)

    for manifests in (own, rendered):
        found = pods(manifests)
        assert len(found) >= 5
        for name, template in found.items():
            spec = template["spec"]
            if name.partition(" ")[0] in {"Pod", "StatefulSet"}:
                continue
            assert {
                "name": "ca",
                "configMap": {"name": "ecommerce-ca", "optional": True},
            } in spec["volumes"]
            (mount,) = (
                each
                for each in spec["containers"][0]["volumeMounts"]
                if each["name"] == "ca"
            )
            assert f"{mount['mountPath']}/ca.pem" == path
    guide = (CHECKOUT / "docs/howto/deploy-on-kubernetes.md").read_text()
    assert "kubectl create configmap ecommerce-ca --from-file=ca.pem=" in guide


def test_workers_are_scaled_by_the_age_of_what_waits_where_the_overlay_says_so(
    tmp_path: Path,
) -> None:
    manifests = with_component(tmp_path, "worker-autoscaling")

    worker = named(manifests, "Deployment", "ecommerce-celery-worker")
    (scaled,) = of_kind(manifests, "ScaledObject")
    assert "replicas" not in worker["spec"]
    assert scaled["spec"]["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    assert scaled["metadata"]["namespace"] == "ecommerce"


def test_guide_names_every_custom_resource(tmp_path: Path) -> None:
    page = (CHECKOUT / "docs/howto/deploy-on-kubernetes.md").read_text()
    kinds = {
        (manifest["apiVersion"].partition("/")[0], manifest["kind"])
        for manifest in [
            *yaml.safe_load_all((K8S / "base/external-secrets.yaml").read_text()),
            *with_component(tmp_path, "worker-autoscaling"),
        ]
    }
    custom = {
        (group, kind) for group, kind in kinds if re.search(r"\.(io|sh|com)$", group)
    }
    custom = {(group, kind) for group, kind in custom if not group.endswith(".k8s.io")}

    assert len(custom) >= 8
    for group, kind in custom:
        lines = [line for line in page.splitlines() if f".{group}`" in line]
        assert any(f"`{kind.lower()}s" in line for line in lines), kind


# --- Release ------------------------------------------------------------------------


DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def with_image(tmp_path: Path, line: str) -> list[Manifest]:
    """The production overlay with another tag, digest or both."""
    return overlay_with(
        tmp_path,
        "production",
        kustomization=lambda text: re.sub(r"newTag: .+", line, text),
    )


def with_variable(tmp_path: Path) -> list[Manifest]:
    """The production overlay with another variable in its configuration."""
    return overlay_with(
        tmp_path, "production", config=lambda text: f"{text}  LOG_LEVEL: DEBUG\n"
    )


def test_changed_configuration_replaces_the_pods_that_read_it(tmp_path: Path) -> None:
    before, after = overlay("production"), with_variable(tmp_path)

    for name in ("web", "celery-worker", "celery-beat"):
        title = f"Deployment ecommerce-{name}"
        assert pods(before)[title] != pods(after)[title]
    # Old pods go on reading what they started with, also after an undo.
    old, new = names(before, "ConfigMap"), names(after, "ConfigMap")
    assert {without_hash(name) for name in old ^ new} == {"ecommerce-config"}


def job(manifests: list[Manifest]) -> Manifest:
    (found,) = of_kind(manifests, "Job")
    return found


def test_a_migration_job_that_changes_is_another_job(tmp_path: Path) -> None:
    """Kubernetes refuses to change one: everything else would be applied, and the command fail."""
    changed = [
        with_image(tmp_path / "tag", "newTag: v1.1.0"),
        with_image(tmp_path / "digest", f"digest: {DIGEST}"),
        with_variable(tmp_path / "configuration"),
        overlay_with(
            tmp_path / "resources",
            "production",
            kustomization=lambda text: text.replace(
                "patches:\n",
                "patches:\n"
                "  - target: {kind: Job}\n"
                "    patch: |\n"
                "      - {op: replace, path: /spec/backoffLimit, value: 9}\n",
            ),
        ),
    ]

    found = [job(each) for each in (overlay("production"), *changed)]

    assert len({each["metadata"]["name"] for each in found}) == len(found)
    assert {without_hash(each["metadata"]["name"]) for each in found} == {
        "ecommerce-migrate"
    }


def test_a_migration_job_keeps_its_name_while_nothing_in_it_changes(
    tmp_path: Path,
) -> None:
    manifests = overlay_with(
        tmp_path,
        "production",
        kustomization=lambda text: text.replace(
            "images:", "replicas: [{name: ecommerce-celery-worker, count: 7}]\nimages:"
        ),
    )

    assert job(manifests) == job(overlay("production"))


def test_an_image_is_pinned_by_tag_and_digest(tmp_path: Path) -> None:
    manifests = with_image(tmp_path, f"newTag: v1.1.0\n    digest: {DIGEST}")

    images = set(values_of(list(pods(manifests).values()), "image"))
    shop = {each for each in images if each.startswith("ghcr.io/your-org/ecommerce")}
    assert shop == {f"ghcr.io/your-org/ecommerce:v1.1.0@{DIGEST}"}
    assert re.fullmatch(
        r"[a-z]([-a-z0-9]{0,61}[a-z0-9])", job(manifests)["metadata"]["name"]
    )


@both
def test_one_image_and_no_moving_tag(environment: str) -> None:
    tag = "v1.0.0" if environment == "production" else "develop"
    images = set(values_of(list(pods(overlay(environment)).values()), "image"))

    assert images == {
        f"ghcr.io/your-org/ecommerce:{tag}",
        "postgres:15-alpine",
        "quay.io/prometheuscommunity/postgres-exporter:v0.16.0",
        "redis:7-alpine",
    }


def test_a_tag_that_moves_is_asked_for_each_time() -> None:
    manifests = overlay("development")
    for name, template in pods(manifests).items():
        for container in containers(template):
            if container["image"].startswith("ghcr.io/your-org/ecommerce:"):
                assert container["imagePullPolicy"] == "Always", name
    (job,) = of_kind(manifests, "Job")
    assert job["spec"]["ttlSecondsAfterFinished"] == 60  # so that it can be made anew
    page = (CHECKOUT / "docs/howto/deploy-on-kubernetes.md").read_text()
    assert "### A tag that moves" in page
    assert "argocd app sync ecommerce-development" in page


def test_cron_jobs_make_backups_only() -> None:
    for job in of_kind(overlay("production"), "CronJob"):
        assert job["metadata"]["name"].endswith("-backup")
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        assert job["spec"]["timeZone"] == "Etc/UTC"


# --- Rules and dashboard --------------------------------------------------------------


def test_rules_and_dashboards_are_those_of_monitoring() -> None:
    done = subprocess.run(
        [sys.executable, CHECKOUT / "scripts/monitoring-manifests", "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.stderr, done.returncode) == ("", 0)


def test_prometheus_rule_holds_every_group_of_monitoring() -> None:
    sources = [
        group
        for path in sorted((CHECKOUT / "monitoring/rules").glob("*.yaml"))
        for group in yaml.safe_load(path.read_text())["groups"]
    ]
    manifests = [
        each
        for each in yaml.safe_load_all((K8S / "base/monitoring.yaml").read_text())
        if each["kind"] == "PrometheusRule"
    ]

    assert sources
    assert [each["spec"]["groups"] for each in manifests] == [sources]


@both
def test_promtool_accepts_the_rules_of_the_manifests(
    environment: str, tmp_path: Path
) -> None:
    (rule,) = of_kind(overlay(environment), "PrometheusRule")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rule["spec"]))

    done = subprocess.run(
        [program("promtool"), "check", "rules", "--lint=all", tmp_path / "rules.yaml"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert done.returncode == 0, done.stdout + done.stderr


# --- What starts the databases ---------------------------------------------------------


def data_of(config_map: str) -> dict[str, str]:
    found = yaml.safe_load_all((K8S / "base/statefulsets.yaml").read_text())
    return named(list(found), "ConfigMap", config_map)["data"]


def start_postgres(tmp_path: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Run ``start.sh`` with a stand-in for the image's entrypoint that prints what it got."""
    stand_in = tmp_path / "docker-entrypoint.sh"
    stand_in.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$SHOP_USER" "$SHOP_PASSWORD" "$SHOP_DATABASE" "$*"\n'
    )
    stand_in.chmod(0o755)
    # bash, as Alpine's shell, knows \\x in `printf %b`; Debian's sh does not.
    return subprocess.run(
        ["bash", "-c", data_of("ecommerce-postgres")["start.sh"], "start", "postgres"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )


@pytest.mark.parametrize(
    ("password", "in_url"),
    [
        ("plain-1", "plain-1"),
        ("p@ss/w:rd%", "p%40ss%2Fw%3Ard%25"),
        (r"back\slash $HOME 'x'", r"back\slash%20$HOME%20'x'"),
    ],
)
def test_postgresql_takes_user_password_and_database_from_the_url(
    tmp_path: Path, password: str, in_url: str
) -> None:
    url = f"postgresql://shop:{in_url}@ecommerce-postgres:5432/shop_db?sslmode=disable"

    done = start_postgres(tmp_path, url)

    assert done.stdout.splitlines() == ["shop", password, "shop_db", "postgres"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://ecommerce-postgres/shop", "names no user"),
        ("postgresql://shop@ecommerce-postgres/shop", "names no password"),
        ("postgresql://shop:secret@ecommerce-postgres", "names no database"),
    ],
)
def test_postgresql_says_in_one_line_what_the_url_lacks(
    tmp_path: Path, url: str, says: str
) -> None:
    done = start_postgres(tmp_path, url)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert says in line


def psql(environment: dict[str, str], script: str) -> str:
    folder = Path(program("psql")).parent
    done = subprocess.run(
        ["bash", "-euc", script],
        env={"PATH": f"{folder}:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_new_postgresql_gets_the_shops_user_and_database() -> None:
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"it's a shop {os.getpid()}"
    superuser = {
        "PGHOST": str(server.hostname),
        "PGPORT": str(server.port),
        "PGUSER": unquote(server.username or ""),
        "PGPASSWORD": unquote(server.password or ""),
        "PGDATABASE": "postgres",
    }
    given = superuser | {
        "SHOP_USER": name,
        "SHOP_PASSWORD": "pass'word",
        "SHOP_DATABASE": name,
    }
    script = data_of("ecommerce-postgres")["shop.sh"]
    script = script.replace("--username postgres --dbname postgres", "")
    shop = superuser | {"PGUSER": name, "PGPASSWORD": "pass'word", "PGDATABASE": name}

    try:
        psql(given, script)
        psql(given, script)  # where they are there already, as with the user `postgres`
        created = 'psql -qtAc "CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist"'
        psql(shop, created)
        is_super = psql(shop, "psql -tAc 'SHOW is_superuser'")
    finally:
        quoted = f'\\"{name}\\"'
        for kind in ("DATABASE", "ROLE"):
            psql(superuser, f'psql -qc "DROP {kind} IF EXISTS {quoted}"')

    assert is_super == "off"


def start_redis(
    tmp_path: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run ``start.sh`` with a stand-in for the server that prints its configuration and its environment."""
    scripts = data_of("ecommerce-redis")
    (tmp_path / "redis.conf").write_text(scripts["redis.conf"])
    server = tmp_path / "redis-server"
    server.write_text('#!/bin/sh\ncat "$1"\nenv >&2\n')
    server.chmod(0o755)
    start = (
        scripts["start.sh"]
        .replace("/tmp/redis.conf", f"{tmp_path}/started.conf")  # noqa: S108
        .replace("/etc/storefront", str(tmp_path))
    )
    return subprocess.run(
        ["bash", "-c", start],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )


IN_CLUSTER = "redis://ecommerce-redis:6379/0"


@pytest.mark.parametrize("secret", ["s3cret key", "s3cret key\n"])
@pytest.mark.parametrize(
    "url", [None, IN_CLUSTER, "redis://:s%22x@ecommerce-redis/0", "rediss://u:p@h:1/0"]
)
def test_redis_asks_for_the_password_that_the_shop_sends(
    tmp_path: Path, url: str | None, secret: str
) -> None:
    environment = {"SECRET_KEY": secret} | ({"REDIS_URL": url} if url else {})

    done = start_redis(tmp_path, environment)

    sent = urlsplit(with_password(url or IN_CLUSTER, secret_key=secret.strip()))
    password = unquote(str(sent.password)).replace('"', r"\"")
    *lines, last = done.stdout.splitlines()
    assert lines == data_of("ecommerce-redis")["redis.conf"].splitlines()
    assert last == f'requirepass "{password}"'
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("environment", [{}, {"SECRET_KEY_FILE": "/dev/null"}])
def test_redis_without_a_password_does_not_start(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    done = start_redis(tmp_path, environment)

    assert done.returncode != 0
    assert done.stdout == ""
    assert "SECRET_KEY" in done.stderr


def test_development_names_its_password_of_redis() -> None:
    """Its settings make none."""
    secret = named(overlay("development"), "Secret", "ecommerce-secrets")["stringData"]

    assert urlsplit(secret["REDIS_URL"]).password == "development-only"
