"""k8s/: what pods may do, how they come and go, and who may talk to whom."""

import ipaddress
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from storefront import preflight
from tests.infrastructure.manifests import (
    CHECKOUT,
    COMPONENT,
    INSTANCE,
    NAME,
    Manifest,
    containers,
    is_selected,
    named,
    names,
    of_kind,
    overlay,
    pods,
    values_of,
)

GUIDE = CHECKOUT / "docs/howto/deploy-on-kubernetes.md"
OUTAGE_SECONDS = 30
GRACEFUL_SECONDS = 25  # GUNICORN_GRACEFUL_TIMEOUT
SIZES = {"m": 0.001, "": 1, "Mi": 2**20, "Gi": 2**30}

both = pytest.mark.parametrize("environment", ["development", "production"])


def quantity(text: str | int) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)(m|Mi|Gi|)", str(text)).groups()
    return float(number) * SIZES[unit]


# --- What pods may do ----------------------------------------------------------------


def test_namespace_enforces_the_restricted_standard() -> None:
    (namespace,) = of_kind(overlay("production"), "Namespace")

    for mode in ("enforce", "audit", "warn"):
        label = f"pod-security.kubernetes.io/{mode}"
        assert namespace["metadata"]["labels"][label] == "restricted"


@both
def test_pods_meet_the_restricted_standard_and_write_to_volumes_only(
    environment: str,
) -> None:
    for name, template in pods(overlay(environment)).items():
        spec = template["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0, name
        assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        assert spec.keys() & {"hostNetwork", "hostPID", "hostIPC"} == set()
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert all("hostPort" not in port for port in container.get("ports", []))
        for volume in spec.get("volumes", []):
            assert volume.keys() & {"emptyDir", "configMap", "persistentVolumeClaim"}
            if "emptyDir" in volume:
                assert "sizeLimit" in volume["emptyDir"], name


@both
def test_images_run_as_the_user_they_are_made_for(environment: str) -> None:
    users = {"ghcr.io/your-org/ecommerce": 10001, "postgres": 70, "redis": 999}
    for name, template in pods(overlay(environment)).items():
        security = template["spec"]["securityContext"]
        image = template["spec"]["containers"][0]["image"].partition(":")[0]
        assert security["runAsUser"] == users[image], name


@both
def test_nothing_may_ask_the_api_server(environment: str) -> None:
    manifests = overlay(environment)

    assert of_kind(manifests, "Role", "ClusterRole", "RoleBinding") == []
    mounts = set(values_of(manifests, "automountServiceAccountToken"))
    assert mounts == {False}
    for template in pods(manifests).values():
        assert template["spec"]["automountServiceAccountToken"] is False


@both
def test_every_container_has_requests_within_its_limits(environment: str) -> None:
    for name, template in pods(overlay(environment)).items():
        for container in containers(template):
            requests = container["resources"]["requests"]
            limits = container["resources"]["limits"]
            assert {"cpu", "memory"} <= requests.keys() & limits.keys(), name
            for resource, amount in requests.items():
                assert quantity(amount) <= quantity(limits[resource]), name


def test_volumes_in_memory_leave_room_for_the_process() -> None:
    for name, template in pods(overlay("production")).items():
        in_memory = sum(
            quantity(volume["emptyDir"]["sizeLimit"])
            for volume in template["spec"].get("volumes", [])
            if volume.get("emptyDir", {}).get("medium") == "Memory"
        )
        memory = template["spec"]["containers"][0]["resources"]["limits"]["memory"]
        assert in_memory <= quantity(memory) / 4, name


def test_guide_states_what_the_production_overlay_asks_for() -> None:
    manifests = overlay("production")
    sums = dict.fromkeys(("cpu", "memory"), 0.0)
    for kind in ("Deployment", "StatefulSet"):
        for owner in of_kind(manifests, kind):
            replicas = owner["spec"].get("replicas", 3)  # the autoscaler's least
            for container in owner["spec"]["template"]["spec"]["containers"]:
                for resource in sums:
                    amount = container["resources"]["requests"][resource]
                    sums[resource] += replicas * quantity(amount)

    volumes = sum(
        quantity(claim["spec"]["resources"]["requests"]["storage"])
        for claims in values_of(manifests, "volumeClaimTemplates")
        for claim in claims
    )

    page = " ".join(GUIDE.read_text().split())
    said = re.search(
        r"asks for ([\d.]+) CPUs and ([\d.]+) GiB .* for (\d+) GiB of", page
    )
    assert said
    assert int(said[3]) == volumes / 2**30
    assert float(said[1]) == pytest.approx(sums["cpu"], abs=0.05)
    assert float(said[2]) == pytest.approx(sums["memory"] / 2**30, abs=0.05)


# --- How they come and go ---------------------------------------------------------------


def web(environment: str) -> Manifest:
    return named(overlay(environment), "Deployment", "ecommerce-web")["spec"]


def test_web_is_scaled_from_three_to_ten_pods_at_seventy_percent() -> None:
    (scaler,) = of_kind(overlay("production"), "HorizontalPodAutoscaler")
    spec = scaler["spec"]

    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 10)
    targets = {
        metric["resource"]["name"]: metric["resource"]["target"]
        for metric in spec["metrics"]
    }
    at_seventy = {"type": "Utilization", "averageUtilization": 70}
    assert targets == {"cpu": at_seventy, "memory": at_seventy}
    assert spec["scaleTargetRef"]["name"] == "ecommerce-web"


@both
def test_no_number_of_pods_stands_where_the_autoscaler_rules(environment: str) -> None:
    manifests = overlay(environment)
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        target = named(
            manifests, "Deployment", scaler["spec"]["scaleTargetRef"]["name"]
        )
        assert "replicas" not in target["spec"]


@both
def test_memory_that_the_autoscaler_reckons_with_is_all_a_pod_may_use(
    environment: str,
) -> None:
    (container,) = web(environment)["template"]["spec"]["containers"]
    resources = container["resources"]

    assert resources["requests"]["memory"] == resources["limits"]["memory"]


@both
def test_new_pods_come_before_old_ones_go(environment: str) -> None:
    for deployment in of_kind(overlay(environment), "Deployment"):
        strategy = deployment["spec"]["strategy"]["rollingUpdate"]
        assert strategy["maxUnavailable"] == 0
        assert strategy["maxSurge"] > 0


@both
def test_pods_of_a_deployment_spread_over_zones_and_nodes(environment: str) -> None:
    for deployment in of_kind(overlay(environment), "Deployment"):
        template = deployment["spec"]["template"]
        spread = template["spec"]["topologySpreadConstraints"]
        assert [each["topologyKey"] for each in spread] == [
            "topology.kubernetes.io/zone",
            "kubernetes.io/hostname",
        ]
        for each in spread:
            labels = template["metadata"]["labels"]
            assert each["labelSelector"]["matchLabels"] == labels


@both
def test_disruption_budgets_never_block_a_drain(environment: str) -> None:
    budgets = of_kind(overlay(environment), "PodDisruptionBudget")

    assert {each["metadata"]["name"] for each in budgets} == names(
        overlay(environment), "Deployment"
    )
    for budget in budgets:
        assert budget["spec"].keys() == {"maxUnavailable", "selector"}
        assert budget["spec"]["maxUnavailable"] == 1


PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def question(probe: Manifest) -> Manifest:
    """What a probe asks, without how patiently."""
    return {how: probe[how] for how in ("exec", "httpGet", "tcpSocket") if how in probe}


def patience(probe: Manifest) -> int:
    """Seconds of silence that it forgives, at least."""
    return probe.get("periodSeconds", 10) * (probe.get("failureThreshold", 3) - 1)


@both
def test_no_two_probes_of_a_container_ask_the_same(environment: str) -> None:
    for name, template in pods(overlay(environment)).items():
        for container in template["spec"]["containers"]:
            asked = [
                question(container[probe]) for probe in PROBES if probe in container
            ]
            assert all(asked.count(each) == 1 for each in asked), name
            assert all(len(each) == 1 for each in asked), name


@both
def test_probes_of_web_ask_three_questions(environment: str) -> None:
    (container,) = web(environment)["template"]["spec"]["containers"]
    readiness, liveness = container["readinessProbe"], container["livenessProbe"]

    assert question(container["startupProbe"]) == {"tcpSocket": {"port": "http"}}
    assert question(readiness) == {"httpGet": {"path": "/readyz/", "port": "metrics"}}
    assert question(liveness) == {"httpGet": {"path": "/healthz/", "port": "metrics"}}
    assert patience(readiness) >= OUTAGE_SECONDS
    assert patience(liveness) >= OUTAGE_SECONDS


@both
def test_no_start_is_given_up_while_it_waits_for_the_schema(environment: str) -> None:
    """The start itself gives up first, and says what it waited for."""
    entrypoint = (CHECKOUT / "docker/entrypoint").read_text()
    waits = preflight.DATABASE_SECONDS + preflight.SCHEMA_SECONDS
    for deployment in of_kind(overlay(environment), "Deployment"):
        template = deployment["spec"]["template"]
        (container,) = template["spec"]["containers"]
        assert patience(container["startupProbe"]) > waits + 60
        assert deployment["spec"]["progressDeadlineSeconds"] > waits + 60
        (role,) = container["args"]
        assert re.search(
            rf"\b{role}\b.*\)\n(?: .*\n)*? +python -m storefront\.preflight ",
            entrypoint,
        )


@both
def test_health_page_shows_the_probes_of_the_manifest(environment: str) -> None:
    page = (CHECKOUT / "docs/reference/health.md").read_text()
    (container,) = web(environment)["template"]["spec"]["containers"]

    for name in PROBES:
        (line,) = re.findall(rf"^{name}: +(.+)$", page, re.MULTILINE)
        assert yaml.safe_load(line) == container[name]


@both
def test_worker_and_beat_are_asked_without_database_or_redis(environment: str) -> None:
    for name in ("ecommerce-celery-worker", "ecommerce-celery-beat"):
        template = pods(overlay(environment))[f"Deployment {name}"]
        (container,) = template["spec"]["containers"]
        assert question(container["startupProbe"]) == {"tcpSocket": {"port": "metrics"}}
        assert "readinessProbe" not in container  # nothing is sent to them
        liveness = container["livenessProbe"]
        assert liveness["httpGet"] == {"path": "/metrics", "port": "metrics"}
        assert patience(liveness) >= 60


@both
def test_servers_are_found_while_a_probe_of_their_pod_fails(environment: str) -> None:
    for name in ("ecommerce-postgres", "ecommerce-redis"):
        service = named(overlay(environment), "Service", name)
        assert service["spec"]["publishNotReadyAddresses"] is True


@pytest.mark.parametrize(
    ("code", "lives"), [(0, True), (1, True), (2, False), (3, False)]
)
def test_postgresql_that_recovers_is_not_ready_but_lives(
    tmp_path: Path, code: int, lives: bool
) -> None:
    """``pg_isready`` ends with 1 where the server refuses for now and with 2 where none answers."""
    stand_in = tmp_path / "pg_isready"
    stand_in.write_text(f"#!/bin/sh\nexit {code}\n")
    stand_in.chmod(0o755)
    owner = pods(overlay("production"))["StatefulSet ecommerce-postgres"]
    probes = owner["spec"]["containers"][0]

    def passes(probe: str) -> bool:
        return not subprocess.run(
            probes[probe]["exec"]["command"],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            check=False,
            timeout=10,
        ).returncode

    assert passes("readinessProbe") == (code == 0)
    assert passes("livenessProbe") == lives


@both
def test_web_drains_before_it_stops(environment: str) -> None:
    spec = web(environment)["template"]["spec"]
    (container,) = spec["containers"]
    command = container["lifecycle"]["preStop"]["exec"]["command"][-1]
    sleep = int(re.search(r"sleep (\d+)$", command)[1])

    assert command.startswith('touch "$RUN_DIR/draining"')
    config = named(overlay(environment), "ConfigMap", "ecommerce-config")["data"]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert config["RUN_DIR"] in mounts
    assert sleep + GRACEFUL_SECONDS < spec["terminationGracePeriodSeconds"]
    page = (CHECKOUT / "docs/reference/settings.md").read_text()
    assert f"| `GUNICORN_GRACEFUL_TIMEOUT` | `{GRACEFUL_SECONDS}` |" in page


def test_migration_ends_and_leaves_its_logs_for_a_day() -> None:
    (job,) = of_kind(overlay("production"), "Job")

    assert job["spec"]["ttlSecondsAfterFinished"] == 24 * 3600
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert job["spec"]["backoffLimit"] > 0


def test_argo_waits_for_nothing_that_waits_for_a_later_wave() -> None:
    """Without pods an autoscaler counts as ill; a host without DNS has no certificate, a volume without a user none."""
    manifests = overlay("development")
    late = ("Certificate", "HorizontalPodAutoscaler", "Ingress", "Issuer")

    for manifest in of_kind(manifests, *late, "PodDisruptionBudget"):
        annotations = manifest["metadata"]["annotations"]
        assert annotations["argocd.argoproj.io/sync-wave"] == "3"
    (claim,) = of_kind(manifests, "PersistentVolumeClaim")
    assert claim["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "2"}


def test_argo_migrates_before_it_rolls_out() -> None:
    manifests = overlay("production")
    (job,) = of_kind(manifests, "Job")
    annotations = job["metadata"]["annotations"]
    waves = {
        deployment["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        for deployment in of_kind(manifests, "Deployment")
    }

    assert annotations["argocd.argoproj.io/hook"] == "Sync"
    assert waves == {"2"}
    assert annotations["argocd.argoproj.io/sync-wave"] == "1"


# --- Who may talk to whom -----------------------------------------------------------------

ELSEWHERE = {
    "ingress-nginx": "ingress controller",
    "monitoring": "Prometheus",
    "kube-system": "cluster DNS",
}
PUBLIC = {
    "0.0.0.0/0": [
        "10.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
    ],
    "::/0": ["fc00::/7", "fe80::/10"],
}
Flow = tuple[str, str, str]
"""From, to, port: as the guide's table says it."""


def own_components(manifests: list[Manifest], selector: Manifest) -> set[str]:
    labels = [template["metadata"]["labels"] for template in pods(manifests).values()]
    return {each[COMPONENT] for each in labels if is_selected(each, selector)}


def peers(manifests: list[Manifest], peer: Manifest) -> set[str]:
    if "ipBlock" in peer:
        cidr = peer["ipBlock"]["cidr"]
        if cidr in PUBLIC:
            assert peer["ipBlock"]["except"] == PUBLIC[cidr]
            return {"Internet"}
        assert ipaddress.ip_network(cidr).num_addresses == 1
        return {cidr.partition("/")[0]}
    if "namespaceSelector" in peer:
        (namespace,) = peer["namespaceSelector"]["matchLabels"].values()
        assert peer["podSelector"]["matchLabels"]
        return {ELSEWHERE[namespace]}
    assert peer["podSelector"]["matchLabels"][NAME] == "ecommerce"
    return own_components(manifests, peer["podSelector"])


def flows(manifests: list[Manifest], direction: str) -> set[Flow]:
    """What policies let out (``egress``) or in (``ingress``)."""
    found = set()
    for policy in of_kind(manifests, "NetworkPolicy"):
        for rule in policy["spec"].get(direction, []):
            ours = own_components(manifests, policy["spec"]["podSelector"])
            others = set[str]()
            for peer in rule["to" if direction == "egress" else "from"]:
                others |= peers(manifests, peer)
            for port in rule["ports"]:
                name = f"{port['protocol']} {port['port']}"
                for own in ours:
                    for other in others:
                        ends = (own, other) if direction == "egress" else (other, own)
                        found.add((*ends, name))
    return found


def table() -> set[Flow]:
    """The guide's table, one flow for each combination of a line's cells."""
    section = (
        GUIDE.read_text().partition("## Who may talk to whom")[2].partition("\n## ")[0]
    )
    found = set()
    for line in re.findall(r"^\| (?!from|-)(.+) \|$", section, re.MULTILINE):
        source, target, port, _why = (
            [part.strip() for part in cell.split(",")] for cell in line.split(" | ")
        )
        found |= {(a, b, c) for a in source for b in target for c in port}
    return found


@both
def test_policies_open_exactly_the_flows_of_the_table(environment: str) -> None:
    manifests = overlay(environment)

    assert flows(manifests, "egress") | flows(manifests, "ingress") == table()


@both
def test_a_flow_within_the_namespace_is_open_at_both_ends(environment: str) -> None:
    manifests = overlay(environment)
    components = {
        template["metadata"]["labels"][COMPONENT]
        for template in pods(manifests).values()
    }

    def within(found: set[Flow]) -> set[Flow]:
        return {flow for flow in found if {flow[0], flow[1]} <= components}

    assert within(flows(manifests, "egress")) == within(flows(manifests, "ingress"))


OWN = {NAME: "ecommerce", INSTANCE: "ecommerce"}


@both
def test_everything_else_is_denied(environment: str) -> None:
    policy = named(overlay(environment), "NetworkPolicy", "ecommerce-default-deny")

    assert policy["spec"] == {
        "podSelector": {"matchLabels": OWN},
        "policyTypes": ["Ingress", "Egress"],
    }


@both
def test_no_policy_selects_pods_of_somebody_else(environment: str) -> None:
    """Else they would be cut off as soon as the shop is there."""
    for policy in of_kind(overlay(environment), "NetworkPolicy"):
        assert OWN.items() <= policy["spec"]["podSelector"]["matchLabels"].items()


@both
def test_each_policy_says_what_it_is_about(environment: str) -> None:
    for policy in of_kind(overlay(environment), "NetworkPolicy"):
        rules = policy["spec"].keys() & {"ingress", "egress"}
        if policy["metadata"]["name"] != "ecommerce-default-deny":
            types = {kind.lower() for kind in policy["spec"]["policyTypes"]}
            assert types == rules


def test_policies_reach_the_ports_that_containers_listen_on() -> None:
    manifests = overlay("production")
    listening = {
        (template["metadata"]["labels"][COMPONENT], f"TCP {port['containerPort']}")
        for template in pods(manifests).values()
        for container in containers(template)
        for port in container.get("ports", [])
    }

    entered = {(target, port) for _, target, port in flows(manifests, "ingress")}
    assert entered == listening
