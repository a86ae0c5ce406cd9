"""helm/ecommerce: the same objects as the production overlay, and values that cannot be misread."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infrastructure.kubernetes_api import cluster
from tests.infrastructure.manifests import (
    CHART,
    COMPONENT,
    INSTANCE,
    NAME,
    Manifest,
    chart,
    helm,
    named,
    names,
    of_kind,
    overlay,
    pods,
    refusal,
    values_of,
    without_hash,
)

IN_NAMESPACE = ("--namespace", "ecommerce")
SECOND_COMMAND = (
    *("--set", "image.tag=v1.0.0"),
    *("--set", "ingress.hosts[0].host=mystore.com"),
)
"""As documented, without a namespace."""

both_versions = pytest.mark.parametrize("version", ["helm", "helm3"])


def is_hook(manifest: Manifest) -> bool:
    return "helm.sh/hook" in manifest["metadata"].get("annotations", {})


def normalised(manifest: Manifest) -> Manifest:
    """Without what only Helm can say or kustomize writes in another way; the list of permitted differences."""
    copy = deepcopy(manifest)
    for metadata in [copy["metadata"], *values_of(copy.get("spec"), "metadata")]:
        for label in ("app.kubernetes.io/managed-by", "helm.sh/chart"):
            metadata.get("labels", {}).pop(label, None)
        annotations = metadata.get("annotations", {})
        annotations.pop("checksum/config", None)  # restarts pods with the ConfigMap
        if not annotations:
            metadata.pop("annotations", None)
    for named_by_content in [copy["metadata"], *values_of(copy, "configMapRef")]:
        named_by_content["name"] = without_hash(named_by_content["name"])
    if copy["kind"] == "Job":
        copy["metadata"]["name"] = re.sub(
            r"-[0-9a-f]{10}$", "", copy["metadata"]["name"]
        )
        copy["spec"]["template"]["metadata"].pop("annotations", None)  # configuration
    for rule in (*values_of(copy, "rules"), []):
        for each in rule:
            if "expr" in each:  # kustomize adds empty lines to folded texts
                each["expr"] = " ".join(each["expr"].split())
    for containers in values_of(copy, "containers"):
        without_default_pull(containers)
    return copy


def without_default_pull(containers: list[Manifest]) -> None:
    for container in containers:
        if container.get("imagePullPolicy") == "IfNotPresent":
            del container["imagePullPolicy"]


def by_title(manifests: list[Manifest]) -> dict[str, Manifest]:
    found = {}
    for manifest in map(normalised, manifests):
        found[f"{manifest['kind']} {manifest['metadata']['name']}"] = manifest
    assert len(found) == len(manifests)
    return found


@both_versions
def test_chart_renders_the_production_overlay_without_its_namespace(
    version: str,
) -> None:
    rendered = [
        each for each in chart(*IN_NAMESPACE, version=version) if not is_hook(each)
    ]
    applied = [each for each in overlay("production") if each["kind"] != "Namespace"]

    assert by_title(rendered) == by_title(applied)


@both_versions
def test_second_documented_command_renders_completely(version: str) -> None:
    manifests = chart(*SECOND_COMMAND, version=version)

    assert "example.com" not in set(values_of(manifests, "host"))
    for ingress in of_kind(manifests, "Ingress"):
        assert set(values_of(ingress, "host")) == {"mystore.com"}
        assert ingress["spec"]["tls"][0]["hosts"] == ["mystore.com"]
    web = named(manifests, "Ingress", "ecommerce-web")
    assert set(values_of(web, "path")) == {"/"}
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    assert config["ALLOWED_HOSTS"] == "mystore.com"
    assert config["BASE_URL"] == "https://mystore.com"
    (certificate,) = of_kind(manifests, "Certificate")
    assert certificate["spec"]["dnsNames"] == ["mystore.com"]
    assert set(values_of(list(pods(manifests).values()), "image")) >= {
        "ghcr.io/your-org/ecommerce:v1.0.0"
    }
    assert {each["metadata"]["namespace"] for each in manifests} == {"default"}


def test_chart_has_the_objects_of_any_namespace() -> None:
    in_default = {(each["kind"], each["metadata"]["name"]) for each in chart()}
    in_other = {
        (each["kind"], each["metadata"]["name"]) for each in chart(*IN_NAMESPACE)
    }

    assert in_default == in_other
    query = chart("--namespace", "shop", "--set", "worker.autoscaling.enabled=true")
    (scaled,) = of_kind(query, "ScaledObject")
    assert 'namespace="shop"' in str(scaled)


# --- Values --------------------------------------------------------------------------


def leaves(node: Any, *path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from leaves(value, *path, key)
    else:
        yield path


def test_schema_knows_every_value_and_nothing_else() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())

    assert set(schema["properties"]) - {"global"} == set(values)
    for section, described in schema["properties"].items():
        if section in values and isinstance(values[section], dict):
            closed = described.get("additionalProperties") is False
            assert closed or "allOf" in described, section
            if closed:
                assert set(described["properties"]) == set(values[section])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("replicaCount=3", "replicaCount"),
        ("web.replicas=0", "replicas"),
        ("web.autoscaling.minReplicas=11", "minReplicas is more than maxReplicas"),
        ("worker.autoscaling.minReplicas=11", "minReplicas is more than maxReplicas"),
        ("worker.replicas=two", "integer"),
        ("worker.replicas=-1", "replicas"),
        ("image.tag=latest", "tag"),
        ("image.tag=two words", "tag"),
        ("image.repository=ghcr.io/Your-Org/ecommerce", "repository"),
        ("image.repository=ghcr.io/your-org/ecommerce:v1", "repository"),
        ("ingress.hosts=null", "hosts"),
        ("ingress.hosts[0].paths[0].path=/", "host"),
        ("ingress.hosts[0].host=Not A Host", "host"),
        (
            r"ingress.annotations.nginx\.ingress\.kubernetes\.io/server-snippet=x",
            "snippet",
        ),
        ("config.SECRET_KEY=secret", "SECRET_KEY"),
        ("config.lower=x", "lower"),
        ("config.PORT=8080", "PORT"),  # probes, services and policies name theirs
        ("config.METRICS_PORT=9200", "METRICS_PORT"),
        ("secret.external.refreshInterval=often", "refreshInterval"),
        ("secret.external.provider.vault.server=x", "provider"),  # beside AWS
        ("postgres=null", "postgres"),
        ("postgres.storage=much", "storage"),
        ("networkPolicy.enabled=maybe", "enabled"),
        ("backup.schedule=daily", "schedule"),
    ],
)
def test_wrong_value_is_refused_by_name(given: str, says: str) -> None:
    assert says in refusal("--set", given)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL"])
def test_incomplete_secret_is_refused_and_what_is_missing_named(missing: str) -> None:
    given = {"SECRET_KEY": "x", "DATABASE_URL": "postgres://u:p@h/d"} | {missing: ""}

    said = refusal("--set-json", f"secret.values={json.dumps(given)}")

    assert f"secret.values.{missing} is not set" in said


def test_secret_without_the_address_of_a_redis_outside_is_refused() -> None:
    values = {"SECRET_KEY": "x", "DATABASE_URL": "postgres://u:p@h/d"}
    given = (
        *("--set-json", f"secret.values={json.dumps(values)}"),
        *("--set", "redis.enabled=false"),
    )

    assert "secret.values.REDIS_URL is not set" in refusal(*given)
    assert chart(*given, "--set", "config.REDIS_URL=redis://elsewhere/0")


@both_versions
def test_great_numbers_of_a_file_are_written_out(tmp_path: Path, version: str) -> None:
    values = {
        "config": {"SECURE_HSTS_SECONDS": 31536000},
        "secret": {"values": {"SECRET_KEY": 12345678, "DATABASE_URL": "x"}},
        "migration": {"ttlSecondsAfterFinished": 2592000},
    }
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))

    manifests = chart("-f", str(tmp_path / "values.yaml"), version=version)

    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    assert config["SECURE_HSTS_SECONDS"] == "31536000"
    (secret,) = of_kind(manifests, "Secret")
    assert secret["stringData"]["SECRET_KEY"] == "12345678"
    (job,) = of_kind(manifests, "Job")
    assert repr(job["spec"]["ttlSecondsAfterFinished"]) == "2592000"


def test_secret_of_values_is_made_where_the_pods_look_for_it() -> None:
    values = {"SECRET_KEY": "x", "DATABASE_URL": "postgres://u:p@h/d", "DEBUG": False}

    manifests = chart("--set-json", f"secret.values={json.dumps(values)}")

    (secret,) = of_kind(manifests, "Secret")
    assert secret["metadata"]["name"] == "ecommerce-secrets"
    assert secret["stringData"] == values | {"DEBUG": "false"}


@pytest.mark.parametrize("version", ["helm", "helm3"])
@pytest.mark.parametrize(
    ("namespace", "secret", "says"),
    [
        ("ecommerce", {}, "The Secret ecommerce-secrets is missing in the namespace"),
        ("ecommerce", {"SECRET_KEY": "eA=="}, "ecommerce-secrets has no DATABASE_URL"),
        ("ecommerce", {"SECRET_KEY": "eA==", "DATABASE_URL": "eA=="}, ""),
        ("another", {}, ""),  # made by --create-namespace, so the secret comes later
    ],
)
def test_cluster_without_the_secret_is_refused_before_anything_is_installed(
    tmp_path: Path, version: str, namespace: str, secret: dict[str, str], says: str
) -> None:
    with cluster(tmp_path, namespace=namespace, secret=secret) as config:
        done = helm(
            *("template", "ecommerce", str(CHART), *IN_NAMESPACE),
            *("--dry-run=server", "--disable-openapi-validation"),
            *("--kubeconfig", str(config)),
            version=version,
        )

    # Past our own check Helm 4 misses the custom resources, which the stand-in lacks.
    assert says in done.stderr
    assert ("ecommerce-secrets" in done.stderr) == bool(says)


def test_two_ways_to_give_the_secret_are_refused() -> None:
    said = refusal(
        *("--set", "secret.external.enabled=true"),
        *("--set", "secret.values.SECRET_KEY=x"),
    )

    assert "choose one" in said


def test_variable_given_wins_over_the_derived_one() -> None:
    manifests = chart("--set", r"config.ALLOWED_HOSTS=a.example\,b.example")

    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    assert config["ALLOWED_HOSTS"] == "a.example,b.example"


def test_every_host_gets_its_rules_certificate_and_permission() -> None:
    manifests = chart(
        *("--set", "ingress.hosts[0].host=a.example"),
        *("--set", "ingress.hosts[1].host=b.example"),
        *("--set", "ingress.hosts[1].paths[0].path=/only"),
    )

    web = named(manifests, "Ingress", "ecommerce-web")["spec"]
    paths = {
        rule["host"]: [path["path"] for path in rule["http"]["paths"]]
        for rule in web["rules"]
    }
    assert paths == {"a.example": ["/"], "b.example": ["/only"]}
    (certificate,) = of_kind(manifests, "Certificate")
    assert certificate["spec"]["dnsNames"] == ["a.example", "b.example"]
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    assert config["ALLOWED_HOSTS"] == "a.example,b.example"


def test_host_of_two_rules_is_named_once() -> None:
    manifests = chart(
        *("--set", "ingress.hosts[0].host=a.example"),
        *("--set", "ingress.hosts[0].paths[0].path=/one"),
        *("--set", "ingress.hosts[1].host=a.example"),
        *("--set", "ingress.hosts[1].paths[0].path=/two"),
    )

    (certificate,) = of_kind(manifests, "Certificate")
    assert certificate["spec"]["dnsNames"] == ["a.example"]
    config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
    assert config["ALLOWED_HOSTS"] == "a.example"
    web = named(manifests, "Ingress", "ecommerce-web")["spec"]
    assert web["tls"][0]["hosts"] == ["a.example"]
    assert set(values_of(web, "path")) == {"/one", "/two"}


def test_values_that_fit_are_taken() -> None:
    manifests = chart(
        *("--set", "image.repository=registry.local:5000/shop/web_1"),
        *("--set", "config.METRICS_PORT=9100"),
        *("--set", "secret.external.enabled=true"),
        *("--set", "secret.external.refreshInterval=1h30m"),
        *("--set", "secret.external.provider.aws=null"),
        *("--set", "secret.external.provider.vault.server=https://vault.example"),
    )

    images = set(values_of(list(pods(manifests).values()), "image"))
    assert "registry.local:5000/shop/web_1:v1.0.0" in images
    (store,) = of_kind(manifests, "SecretStore")
    assert store["spec"]["provider"] == {"vault": {"server": "https://vault.example"}}


def test_change_of_configuration_restarts_the_pods() -> None:
    def checksums(*arguments: str) -> set[str]:
        return set(values_of(chart(*arguments), "checksum/config"))

    assert len(checksums()) == 1
    assert checksums() & checksums("--set", "config.LOG_LEVEL=DEBUG") == set()


def test_job_of_the_migration_is_a_new_one_when_anything_in_it_changes() -> None:
    def job(*arguments: str) -> str:
        (name,) = names(chart(*arguments), "Job")
        return name

    found = {
        job(),
        job("--set", "image.tag=v1.1.0"),
        job("--set", "secret.name=other"),
        job("--set", "migration.resources.limits.cpu=2"),
    }
    assert len(found) == 4
    assert job() == job("--set", "worker.replicas=7")


def test_another_name_changes_names_and_nothing_else() -> None:
    text = yaml.safe_dump_all(
        chart("--set", "nameOverride=zzname", release="zzrelease")
    )
    renamed = re.sub("zzrelease-zzname|zzrelease|zzname", "ecommerce", text)

    assert by_title(list(yaml.safe_load_all(renamed))) == by_title(chart())


def test_name_that_no_service_may_have_is_refused() -> None:
    done = helm("template", "2nd", str(CHART))

    assert done.returncode != 0
    assert "2nd-ecommerce begins with a digit: set fullnameOverride" in done.stderr
    assert chart("--set", "fullnameOverride=second", release="2nd")


@pytest.mark.parametrize(
    "tag",
    ["v1.0.0", f"v1.0.0@sha256:{'a1' * 32}", "Feature_X-", "1" * 128],
)
@pytest.mark.parametrize(
    "release",
    ["ecommerce", "my.shop", "a-release-name-that-is-as-long-as-helm-allows-1234567"],
)
def test_names_stay_within_what_kubernetes_allows(release: str, tag: str) -> None:
    manifests = chart("--set-string", f"image.tag={tag}", release=release)

    for manifest in manifests:
        limit = {"CronJob": 52, "StatefulSet": 52}.get(manifest["kind"], 63)
        name = manifest["metadata"]["name"]
        assert len(name) <= limit
        assert re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name)


def test_two_releases_of_a_namespace_share_nothing_but_secrets_of_that_name() -> None:
    first, second = chart(release="ecommerce"), chart(release="shop")

    titles = [
        {(each["kind"], each["metadata"]["name"]) for each in manifests}
        for manifests in (first, second)
    ]
    assert titles[0] & titles[1] == set()
    for template in pods(second).values():
        labels = template["metadata"]["labels"]
        assert (labels[NAME], labels[INSTANCE]) == ("ecommerce", "shop")
    assert "ecommerce-web" not in {
        each["name"] for each in values_of(second, "service")
    }
    tls = [
        set(values_of(of_kind(each, "Ingress"), "secretName"))
        for each in (first, second)
    ]
    assert tls == [{"ecommerce-tls"}, {"shop-ecommerce-tls"}]
    assert {
        each["spec"]["secretName"] for each in of_kind(second, "Certificate")
    } == tls[1]


def test_policies_select_pods_of_the_release_alone() -> None:
    own = {NAME: "ecommerce", INSTANCE: "shop"}
    policies = of_kind(chart(release="shop"), "NetworkPolicy")

    assert len(policies) > 10
    for policy in policies:
        assert own.items() <= policy["spec"]["podSelector"]["matchLabels"].items()


def test_rules_and_dashboard_are_about_the_release() -> None:
    manifests = chart("--namespace", "shops", release="shop")
    rules = str(of_kind(manifests, "PrometheusRule"))
    (text,) = named(manifests, "ConfigMap", "shop-ecommerce-grafana-dashboard")[
        "data"
    ].values()

    assert 'job=~"shop-ecommerce-' in rules
    assert 'namespace="shops"' in rules
    assert 'namespace="ecommerce"' not in rules
    assert '"ecommerce-' not in rules
    assert '"shop-ecommerce-web' in json.dumps(json.loads(text)).replace("\\", "")
    assert not re.search(r"(?<!shop-)ecommerce", text)


@pytest.mark.parametrize(
    ("off", "kinds"),
    [
        ("postgres", {"ecommerce-postgres"}),
        ("redis", {"ecommerce-redis"}),
    ],
)
def test_server_outside_takes_the_place_of_the_one_inside(
    off: str, kinds: set[str]
) -> None:
    manifests = chart("--set", f"{off}.enabled=false")

    every = {each["metadata"]["name"] for each in manifests}
    assert every & kinds == set()
    assert f"component: {off}" not in yaml.safe_dump(
        [each for each in manifests if each["kind"] == "NetworkPolicy"]
    )
    web = named(manifests, "NetworkPolicy", "ecommerce-web")["spec"]["egress"]
    assert "10.0.0.0/8" in str([rule for rule in web if len(rule["to"]) == 1])
    if off == "redis":
        config = named(manifests, "ConfigMap", "ecommerce-config")["data"]
        assert "REDIS_URL" not in config


@pytest.mark.parametrize(
    ("switch", "kinds"),
    [
        ("ingress.enabled", {"Certificate", "Ingress", "Issuer"}),
        ("certificate.enabled", {"Certificate", "Issuer"}),
        ("networkPolicy.enabled", {"NetworkPolicy"}),
        ("monitoring.enabled", {"PodMonitor", "PrometheusRule", "ServiceMonitor"}),
        ("web.autoscaling.enabled", {"HorizontalPodAutoscaler"}),
    ],
)
def test_part_that_is_switched_off_leaves_nothing(switch: str, kinds: set[str]) -> None:
    before = {each["kind"] for each in chart()}
    after = {each["kind"] for each in chart("--set", f"{switch}=false")}

    assert before - after == kinds


def test_chart_without_a_bucket_for_backups_is_refused() -> None:
    assert "config.BACKUP_BUCKET is not set: backups go into a bucket" in refusal(
        "--set", "config.BACKUP_BUCKET="
    )


def test_web_has_a_number_of_its_own_where_nothing_scales_it() -> None:
    manifests = chart(
        "--set", "web.autoscaling.enabled=false", "--set", "web.replicas=5"
    )

    assert named(manifests, "Deployment", "ecommerce-web")["spec"]["replicas"] == 5


def test_scaled_workers_have_no_number_of_their_own() -> None:
    manifests = chart("--set", "worker.autoscaling.enabled=true")

    worker = named(manifests, "Deployment", "ecommerce-celery-worker")
    assert "replicas" not in worker["spec"]
    assert names(manifests, "ScaledObject") == {"ecommerce-celery-worker"}


def test_helm_test_may_reach_the_shop() -> None:
    hooks = [each for each in chart() if is_hook(each)]
    pod = named(hooks, "Pod", "ecommerce-test-web")
    labels = pod["metadata"]["labels"]

    assert labels[COMPONENT] == "test"
    leaves_it = named(hooks, "NetworkPolicy", "ecommerce-test-to-web")["spec"]
    enters = named(hooks, "NetworkPolicy", "ecommerce-web-from-test")["spec"]
    assert leaves_it["podSelector"]["matchLabels"][COMPONENT] == "test"
    assert enters["podSelector"]["matchLabels"][COMPONENT] == "web"
    (peer,) = enters["ingress"][0]["from"]
    assert peer["podSelector"]["matchLabels"].items() <= labels.items()


def test_notes_say_how_to_make_the_secret_and_that_mails_are_only_printed() -> None:
    done = helm("install", "ecommerce", str(CHART), "--dry-run=client", *IN_NAMESPACE)

    assert done.returncode == 0, done.stderr
    notes = done.stdout.partition("NOTES:")[2]
    assert "kubectl create secret generic ecommerce-secrets" in notes
    assert "EMAIL_URL" in notes
    assert "https://shop.example.com" in notes
