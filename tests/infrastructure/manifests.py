"""The Kubernetes objects as they would be applied, rendered by kubectl and Helm.

Both programs are found on PATH or where ``scripts/kubernetes-tools`` puts them.
"""

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
K8S = CHECKOUT / "k8s"
CHART = CHECKOUT / "helm/ecommerce"
TOOLS = CHECKOUT / ".local/infrastructure/bin"
NAME, INSTANCE, COMPONENT = (
    f"app.kubernetes.io/{label}" for label in ("name", "instance", "component")
)

Manifest = dict[str, Any]


ORIGINS = {
    "nginx": "Debian: apt install nginx-light",
    "promtool": "Debian: apt install prometheus",
    "psql": "requirements/services.txt brings it",
    "terraform": "https://developer.hashicorp.com/terraform/install",
}
PLACES = [  # beside PATH
    *("/usr/sbin", "/usr/local/sbin"),
    *map(str, Path("/usr/lib/postgresql").glob("*/bin")),
    *map(str, Path(sys.prefix).glob("lib/*/site-packages/pgserver/pginstall/bin")),
]


def program(name: str) -> str:
    """Where a program is. A test that needs one is skipped without it; in `make verify-infrastructure` it fails."""
    places = (str(TOOLS), os.environ["PATH"], *PLACES)
    if found := shutil.which(name, path=os.pathsep.join(places)):
        return found
    missing = f"{name} is missing: {ORIGINS.get(name, 'run scripts/kubernetes-tools')}"
    if "ALL_PROGRAMS" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)


# Eight times as fast where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents(text: str) -> list[Manifest]:
    return [each for each in yaml.load_all(text, LOADER) if each]


def kustomized(folder: Path) -> list[Manifest]:
    done = subprocess.run(
        [program("kubectl"), "kustomize", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


@functools.cache
def overlay(name: str) -> list[Manifest]:
    """What ``kubectl apply -k k8s/overlays/<name>`` applies. Not to be changed."""
    return kustomized(K8S / "overlays" / name)


def overlay_with(
    tmp_path: Path, name: str, **files: Callable[[str], str]
) -> list[Manifest]:
    """The overlay ``name`` after a change to some of its files, in a copy of the tree."""
    copy = tmp_path / "k8s"
    shutil.copytree(K8S, copy, dirs_exist_ok=True)
    for file, change in files.items():
        path = copy / "overlays" / name / f"{file}.yaml"
        changed = change(path.read_text())
        assert changed != path.read_text()
        path.write_text(changed)
    return kustomized(copy / "overlays" / name)


def helm(*arguments: str, version: str = "helm") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(version), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@functools.cache
def chart(
    *arguments: str, release: str = "ecommerce", version: str = "helm"
) -> list[Manifest]:
    """What ``helm install`` of the chart applies, hooks too. Not to be changed."""
    done = helm("template", release, str(CHART), *arguments, version=version)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def refusal(*arguments: str) -> str:
    """What Helm says when it refuses to render the chart."""
    done = helm("template", "ecommerce", str(CHART), *arguments)
    assert done.returncode != 0
    assert done.stdout == ""
    return done.stderr


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [each for each in manifests if each["kind"] in kinds]


def without_hash(name: str) -> str:
    """A name without the hash of its content that kustomize puts at the end."""
    return re.sub(r"-[2456789bcdfghkmt]{10}$", "", name)


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one object of this kind and name; ``name`` may lack kustomize's hash."""
    (found,) = (
        each
        for each in of_kind(manifests, kind)
        if name in {each["metadata"]["name"], without_hash(each["metadata"]["name"])}
    )
    return found


def names(manifests: list[Manifest], *kinds: str) -> set[str]:
    return {each["metadata"]["name"] for each in of_kind(manifests, *kinds)}


def pod_template(manifest: Manifest) -> Manifest | None:
    """The pods that an object makes, as ``{"metadata": …, "spec": …}``."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "Pod":
        return manifest
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    if manifest["kind"] in {"CronJob", "Deployment", "Job", "StatefulSet"}:
        return spec["template"]
    return None


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """The templates of pods, by kind and name of what makes them."""
    found = {
        f"{each['kind']} {each['metadata']['name']}": pod_template(each)
        for each in manifests
    }
    return {name: template for name, template in found.items() if template}


def containers(template: Manifest) -> list[Manifest]:
    return template["spec"]["containers"] + template["spec"].get("initContainers", [])


def is_selected(labels: dict[str, str], selector: Manifest) -> bool:
    return all(
        labels.get(label) == value
        for label, value in selector.get("matchLabels", {}).items()
    ) and all(
        rule["operator"] == "In" and labels.get(rule["key"]) in rule["values"]
        for rule in selector.get("matchExpressions", [])
    )


def values_of(node: Any, key: str) -> Iterator[Any]:
    """Every value of ``key``, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values_of(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values_of(value, key)
