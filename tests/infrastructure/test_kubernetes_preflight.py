"""`scripts/kubernetes-preflight` names what a cluster lacks. The cluster is a stand-in for kubectl."""

import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.manifests import CHECKOUT, program

STAND_IN = """#!/bin/sh
echo "$*" >>{folder}/asked
case "$1 $2" in
"kustomize "*) exec {kubectl} "$@" ;;
"api-resources "*) cat {folder}/resources ;;
"get --raw") cat {folder}/version ;;
"get ingressclass") test -e {folder}/ingressclass ;;
"get apiservice") test -e {folder}/metrics ;;
"get storageclass") cat {folder}/storageclass ;;
"get secret") cat {folder}/secret ;;
*) exit 64 ;;
esac
"""
BUILTIN = """
configmaps cm v1 true ConfigMap
namespaces ns v1 false Namespace
persistentvolumeclaims pvc v1 true PersistentVolumeClaim
serviceaccounts sa v1 true ServiceAccount
secrets v1 true Secret
services svc v1 true Service
deployments deploy apps/v1 true Deployment
statefulsets sts apps/v1 true StatefulSet
horizontalpodautoscalers hpa autoscaling/v2 true HorizontalPodAutoscaler
cronjobs cj batch/v1 true CronJob
jobs batch/v1 true Job
ingresses ing networking.k8s.io/v1 true Ingress
networkpolicies netpol networking.k8s.io/v1 true NetworkPolicy
poddisruptionbudgets pdb policy/v1 true PodDisruptionBudget
"""
CUSTOM = """
certificates cert cert-manager.io/v1 true Certificate
issuers cert-manager.io/v1 true Issuer
podmonitors pmon monitoring.coreos.com/v1 true PodMonitor
prometheusrules promrule monitoring.coreos.com/v1 true PrometheusRule
servicemonitors smon monitoring.coreos.com/v1 true ServiceMonitor
"""
DEFAULT_STORAGE = '{"storageclass.kubernetes.io/is-default-class":"true"}'
SECRET = '{"DATABASE_URL":"eA==","SECRET_KEY":"eA=="}'


def preflight(
    folder: Path,
    environment: str = "production",
    *,
    resources: str = BUILTIN + CUSTOM,
    secret: str = SECRET,
    has_controller: bool = True,
    has_storage: bool = True,
    minor: str = "25",
) -> subprocess.CompletedProcess[str]:
    (folder / "resources").write_text(resources.lstrip())
    (folder / "secret").write_text(secret)
    (folder / "metrics").touch()
    (folder / "version").write_text(f'{{\n  "major": "1",\n  "minor": "{minor}"\n}}')
    if has_storage:
        (folder / "storageclass").write_text(DEFAULT_STORAGE)
    if has_controller:
        (folder / "ingressclass").touch()
    stand_in = folder / "bin/kubectl"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN.format(folder=folder, kubectl=program("kubectl")))
    stand_in.chmod(0o755)
    return subprocess.run(
        [CHECKOUT / "scripts/kubernetes-preflight", environment],
        env={"PATH": f"{stand_in.parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("environment", ["development", "production"])
def test_cluster_that_has_everything_passes(tmp_path: Path, environment: str) -> None:
    done = preflight(tmp_path, environment)

    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == f"The cluster has what {environment} needs.\n"


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        ("24", "Missing: Kubernetes 1.25 or later: this cluster is 1.24\n"),
        ("37", ""),
        ("29+", ""),  # as some clouds say it
    ],
)
def test_older_cluster_is_refused(tmp_path: Path, minor: str, said: str) -> None:
    done = preflight(tmp_path, minor=minor)

    assert (done.stderr, done.returncode) == (said, int(bool(said)))


def test_each_missing_custom_resource_is_named_with_its_origin(tmp_path: Path) -> None:
    done = preflight(tmp_path, resources=BUILTIN)

    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert any(
        "cert-manager.io/v1/Certificate, of cert-manager" in line for line in lines
    )
    assert any("PrometheusRule, of the Prometheus operator" in line for line in lines)


def test_missing_controller_and_incomplete_secret_are_named(tmp_path: Path) -> None:
    done = preflight(tmp_path, secret='{"SECRET_KEY":"eA=="}', has_controller=False)

    assert done.returncode == 1
    assert [line.split(":")[1].split(",")[0] for line in done.stderr.splitlines()] == [
        " the ingress class nginx",
        " DATABASE_URL in the Secret ecommerce-secrets",
    ]


def test_missing_storage_class_is_named(tmp_path: Path) -> None:
    done = preflight(tmp_path, has_storage=False)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Missing: a default storage class")


def test_cluster_that_does_not_answer_is_said_so_in_one_line(tmp_path: Path) -> None:
    done = preflight(tmp_path, resources="")

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("The cluster does not answer")


def test_unknown_environment_is_refused(tmp_path: Path) -> None:
    done = preflight(tmp_path, "staging")

    assert done.returncode == 2
    assert "choose development or production" in done.stderr


def test_nothing_is_changed(tmp_path: Path) -> None:
    preflight(tmp_path)

    asked = (tmp_path / "asked").read_text().splitlines()
    assert {line.split()[0] for line in asked} == {"api-resources", "get", "kustomize"}
