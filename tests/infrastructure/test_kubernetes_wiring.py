"""k8s/: that roles, addresses, ports and volumes of different objects mean the same."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
import yaml

from tests.infrastructure.manifests import (
    CHECKOUT,
    COMPONENT,
    K8S,
    Manifest,
    documents,
    named,
    of_kind,
    overlay,
    pods,
    values_of,
)

both = pytest.mark.parametrize("environment", ["development", "production"])

SHOP = "ghcr.io/your-org/ecommerce:"
ROLES = {
    "web": "web",
    "worker": "worker",
    "beat": "beat",
    "migration": "migrate",
    "backup": "backup",
}


def port_of(manifests: list[Manifest], service: str, name: str) -> int:
    """The port that a Service's named target has in the pods behind it."""
    selector = named(manifests, "Service", service)["spec"]["selector"]
    return next(
        port["containerPort"]
        for template in pods(manifests).values()
        if template["metadata"]["labels"] == selector
        for container in template["spec"]["containers"]
        for port in container["ports"]
        if port["name"] == name
    )


@both
def test_each_component_runs_its_role_of_the_image(environment: str) -> None:
    found = {
        template["metadata"]["labels"][COMPONENT]: container["args"]
        for template in pods(overlay(environment)).values()
        for container in template["spec"]["containers"]
        if container["image"].startswith(SHOP)
    }

    assert found == {component: [role] for component, role in ROLES.items()}


@both
def test_services_lead_to_the_ports_of_their_names(environment: str) -> None:
    manifests = overlay(environment)
    found = {
        (service["metadata"]["name"], port["port"]): port_of(
            manifests, service["metadata"]["name"], port["targetPort"]
        )
        for service in of_kind(manifests, "Service")
        for port in service["spec"]["ports"]
    }

    assert found == {
        ("ecommerce-web", 80): 8000,
        ("ecommerce-web", 9100): 9100,
        ("ecommerce-postgres", 5432): 5432,
        ("ecommerce-redis", 6379): 6379,
    }


def test_addresses_of_the_samples_are_services_of_the_cluster() -> None:
    manifests = overlay("development")
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    secret = named(manifests, "Secret", "ecommerce-secrets")["stringData"]

    for url in (config["REDIS_URL"], secret["DATABASE_URL"]):
        address = urlsplit(url)
        service = named(manifests, "Service", str(address.hostname))
        assert address.port in {port["port"] for port in service["spec"]["ports"]}


def test_settings_of_development_exist() -> None:
    config = named(overlay("development"), "ConfigMap", "ecommerce-config")["data"]

    assert importlib.util.find_spec(config["DJANGO_SETTINGS_MODULE"])


# --- What must outlive a pod --------------------------------------------------------


def kept(owner: Manifest) -> Iterator[str]:
    """Where the volumes of a StatefulSet's claims are mounted."""
    claims = set()
    for claim in owner["spec"]["volumeClaimTemplates"]:
        assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
        claims.add(claim["metadata"]["name"])
    for mount in owner["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]:
        if mount["name"] in claims:
            yield mount["mountPath"]


def test_data_is_written_to_volumes_that_stay() -> None:
    manifests = overlay("production")
    postgres = named(manifests, "StatefulSet", "ecommerce-postgres")
    server, _ = postgres["spec"]["template"]["spec"]["containers"]
    (data,) = (each["value"] for each in server["env"] if each["name"] == "PGDATA")
    redis = named(manifests, "ConfigMap", "ecommerce-redis")["data"]["redis.conf"]

    # Below, not at it: a new volume holds lost+found already.
    assert str(PurePosixPath(data).parent) in set(kept(postgres))
    of_redis = set(kept(named(manifests, "StatefulSet", "ecommerce-redis")))
    assert re.findall(r"^dir (.+)$", redis, re.MULTILINE)[0] in of_redis


def test_redis_has_the_same_limits_on_memory_wherever_it_runs() -> None:
    """What is cached has an end and is evicted; a queue has none and stays."""
    manifest = named(overlay("production"), "ConfigMap", "ecommerce-redis")
    stack = yaml.safe_load((CHECKOUT / "docker-compose.prod.yml").read_text())
    swarm = (CHECKOUT / stack["configs"]["redis"]["file"]).read_text()
    terraform = (CHECKOUT / "terraform/modules/cache/main.tf").read_text()

    for text in (manifest["data"]["redis.conf"], swarm):
        limits = dict(re.findall(r"^(maxmemory\S*) (.+)$", text, re.MULTILINE))
        assert limits == {"maxmemory": "384mb", "maxmemory-policy": "volatile-lru"}
    assert re.search(r'name  = "maxmemory-policy"\n +value = "volatile-lru"', terraform)


def test_redis_keeps_what_the_broker_wrote() -> None:
    manifests = overlay("production")
    redis = named(manifests, "ConfigMap", "ecommerce-redis")["data"]["redis.conf"]
    settings = dict(line.split(" ", 1) for line in redis.splitlines() if line[0] != "#")
    (container,) = pods(manifests)["StatefulSet ecommerce-redis"]["spec"]["containers"]

    assert settings["appendonly"] == "yes"
    # Half is left for the copy that it writes its file from.
    limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))
    assert 2 * int(settings["maxmemory"].removesuffix("mb")) <= limit


@both
def test_backups_are_made_every_night(environment: str) -> None:
    (job,) = of_kind(overlay(environment), "CronJob")

    assert job["metadata"]["name"] == "ecommerce-db-backup"
    assert re.fullmatch(r"\d+ [0-5] \* \* \*", job["spec"]["schedule"])


def test_backups_leave_the_cluster_that_they_protect() -> None:
    manifests = overlay("production")
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    backup = pods(manifests)["CronJob ecommerce-db-backup"]["spec"]

    assert config["BACKUP_BUCKET"] == "ecommerce-backups"
    assert {volume["name"] for volume in backup["volumes"]} == {"run", "tmp"}


def test_backups_of_development_are_on_the_volume_of_files() -> None:
    manifests = overlay("development")
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    (container,) = pods(manifests)["CronJob ecommerce-db-backup"]["spec"]["containers"]

    (mount,) = (each for each in container["volumeMounts"] if each["name"] == "media")
    assert "readOnly" not in mount
    for name in ("BACKUP_ROOT", "MEDIA_ROOT", "PRIVATE_ROOT"):
        assert config[name].startswith(f"{mount['mountPath']}/")


# --- The edge ---------------------------------------------------------------------------


@both
def test_ingresses_show_the_certificate_that_is_asked_for(environment: str) -> None:
    manifests = overlay(environment)
    (certificate,) = of_kind(manifests, "Certificate")

    secrets = set(values_of(of_kind(manifests, "Ingress"), "secretName"))
    assert secrets == {certificate["spec"]["secretName"]}
    server = named(manifests, "Issuer", "ecommerce-letsencrypt")["spec"]["acme"][
        "server"
    ]
    assert ("staging" in server) == (environment == "development")


@both
def test_edge_waits_longer_than_the_web_server(environment: str) -> None:
    page = (CHECKOUT / "docs/reference/settings.md").read_text()
    (seconds,) = re.findall(r"^\| `GUNICORN_TIMEOUT` \| `(\d+)` \|", page, re.MULTILINE)

    for ingress in of_kind(overlay(environment), "Ingress"):
        annotations = ingress["metadata"]["annotations"]
        waits = annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]
        assert int(waits) > int(seconds)


@both
def test_policies_let_in_the_pods_of_the_charts_and_no_others(environment: str) -> None:
    """By the labels that ingress-nginx, kube-prometheus-stack and CoreDNS give theirs."""
    label = "app.kubernetes.io"
    for policy in of_kind(overlay(environment), "NetworkPolicy"):
        for rule in (*values_of(policy, "from"), *values_of(policy, "to")):
            for peer in rule:
                if "namespaceSelector" in peer:
                    (namespace,) = peer["namespaceSelector"]["matchLabels"].values()
                    assert (
                        peer["podSelector"]["matchLabels"]
                        == {
                            "ingress-nginx": {
                                f"{label}/name": "ingress-nginx",
                                f"{label}/component": "controller",
                            },
                            "monitoring": {f"{label}/name": "prometheus"},
                            "kube-system": {"k8s-app": "kube-dns"},
                        }[namespace]
                    )


def test_workers_are_scaled_by_a_metric_of_the_shop() -> None:
    path = K8S / "components/worker-autoscaling/scaledobject.yaml"
    (scaled,) = documents(path.read_text())
    page = (CHECKOUT / "docs/reference/metrics.md").read_text()

    (query,) = values_of(scaled, "query")
    (metric,) = re.findall(r"storefront_\w+", query)
    assert f"| `{metric}` | gauge" in page
