"""What `kubectl apply -f argocd/application.yaml` hands over; scripts/infrastructure/argocd checks its schema."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infrastructure.manifests import overlay

CHECKOUT = Path(__file__).resolve().parents[2]
MANIFESTS = list(yaml.safe_load_all((CHECKOUT / "argocd/application.yaml").read_text()))
PROJECT = MANIFESTS[0]
APPLICATIONS = {each["metadata"]["name"]: each for each in MANIFESTS[1:]}

each_application = pytest.mark.parametrize(
    "application", APPLICATIONS.values(), ids=list(APPLICATIONS)
)


def test_the_file_alone_holds_project_and_applications_in_order() -> None:
    assert [each["kind"] for each in MANIFESTS] == [
        "AppProject",
        "Application",
        "Application",
    ]
    waves = [
        int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for each in MANIFESTS
    ]
    assert waves == sorted(waves) == [-1, 0, 1]
    assert {each["metadata"]["namespace"] for each in MANIFESTS} == {"argocd"}


@each_application
def test_an_application_is_one_overlay_of_ours(application: dict[str, Any]) -> None:
    source = application["spec"]["source"]
    environment = application["metadata"]["name"].removeprefix("ecommerce-")

    assert source["path"] == f"k8s/overlays/{environment}"
    assert (CHECKOUT / source["path"] / "kustomization.yaml").is_file()
    assert source["repoURL"] in PROJECT["spec"]["sourceRepos"]


@each_application
def test_the_project_allows_its_destination(application: dict[str, Any]) -> None:
    assert application["spec"]["project"] == PROJECT["metadata"]["name"]
    assert application["spec"]["destination"] in PROJECT["spec"]["destinations"]


@each_application
def test_it_prunes_heals_and_tries_again(application: dict[str, Any]) -> None:
    policy = application["spec"]["syncPolicy"]

    assert policy["automated"]["prune"] is True
    assert policy["automated"]["selfHeal"] is True
    assert policy["automated"]["allowEmpty"] is False
    assert policy["retry"]["limit"] == 5
    assert "PruneLast=true" in policy["syncOptions"]


@each_application
def test_the_number_of_pods_is_left_to_hpa_and_operator(
    application: dict[str, Any],
) -> None:
    ignored = application["spec"]["ignoreDifferences"]

    assert ignored == [
        {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
    ]
    # Otherwise a sync for another reason would still set them back.
    assert (
        "RespectIgnoreDifferences=true"
        in application["spec"]["syncPolicy"]["syncOptions"]
    )


def test_deleting_productions_application_leaves_the_shop_running() -> None:
    assert "finalizers" not in APPLICATIONS["ecommerce-production"]["metadata"]


def test_both_differ_only_where_they_must() -> None:
    development, production = (each["spec"] for each in APPLICATIONS.values())

    assert development["syncPolicy"] == production["syncPolicy"]
    assert development["ignoreDifferences"] == production["ignoreDifferences"]


@each_application
def test_migrations_come_before_what_needs_them(application: dict[str, Any]) -> None:
    environment = application["spec"]["source"]["path"].rpartition("/")[2]
    waves: dict[str, int] = {}
    allowed = {each["kind"] for each in PROJECT["spec"]["clusterResourceWhitelist"]}
    for manifest in overlay(environment):
        annotations = manifest["metadata"].get("annotations") or {}
        name = re.sub(r"-migrate.*", "-migrate", manifest["metadata"]["name"])
        wave = int(annotations.get("argocd.argoproj.io/sync-wave", 0))
        waves[f"{manifest['kind']} {name}"] = wave
        if "namespace" not in manifest["metadata"]:
            assert manifest["kind"] in allowed, "the project forbids it"

    assert waves["StatefulSet ecommerce-postgres"] < waves["Job ecommerce-migrate"]
    for name in ("web", "celery-worker", "celery-beat"):
        assert waves["Job ecommerce-migrate"] < waves[f"Deployment ecommerce-{name}"]
