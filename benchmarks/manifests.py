"""What ``k8s/base`` grants: pods, processors, memory, connections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
UNITS = {"Mi": 1, "Gi": 1024}
RESERVED = 3
"""PostgreSQL's ``superuser_reserved_connections``."""


def manifest(file: str, kind: str, name: str) -> dict[str, Any]:
    """One object of ``k8s/base``."""
    for each in yaml.safe_load_all((ROOT / "k8s/base" / file).read_text()):
        if each["kind"] == kind and each["metadata"]["name"] == name:
            return each
    raise KeyError(name)


def container(file: str, kind: str, name: str) -> dict[str, Any]:
    """The first container of its pods."""
    return manifest(file, kind, name)["spec"]["template"]["spec"]["containers"][0]


def cpus(text: str) -> float:
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)


def megabytes(text: str) -> int:
    """MiB, as Kubernetes counts."""
    return int(text[:-2]) * UNITS[text[-2:]]


def default_of(file: str, variable: str) -> int:
    """A variable's default, which pods have, as the manifests do not set it."""
    source = (ROOT / "site/storefront/settings" / file).read_text()
    found = re.search(rf'\("{variable}", default=([\d_]+)[,)]', source)
    if not found:
        raise KeyError(variable)
    return int(found[1])


@dataclass(frozen=True)
class Limits:
    web_pods_least: int
    web_pods_most: int
    web_target_cpu: float
    """CPUs of one pod above which the autoscaler adds another."""
    web_asked_cpu: float
    web_cpus: float
    web_memory_mb: int
    web_processes: int
    web_threads: int
    worker_pods: int
    worker_processes: int
    worker_memory_mb: int
    beat_pods: int
    beat_memory_mb: int
    max_connections: int
    database_cpus: float
    redis_mb: int
    database_disk_gb: int

    @property
    def web_connections(self) -> int:
        """One for each thread, kept; in each process one more for moments: probes and metrics."""
        return self.web_processes * (self.web_threads + 1)

    @property
    def worker_connections(self) -> int:
        """In each process one for the job, one that renews the lease of a long one."""
        return self.worker_processes * 2

    beat_connections = 1

    def connections(self) -> list[tuple[str, int]]:
        """The most there are at one time: every Deployment adds a pod while a release is rolled out."""
        return [
            (
                f"{self.web_pods_most} + 1 web pods",
                (self.web_pods_most + 1) * self.web_connections,
            ),
            (
                f"{self.worker_pods} + 1 worker pods",
                (self.worker_pods + 1) * self.worker_connections,
            ),
            (
                f"{self.beat_pods} + 1 beat pods",
                (self.beat_pods + 1) * self.beat_connections,
            ),
            ("migration, backup (2), exporter of metrics", 4),
            ("kept for the superuser", RESERVED),
        ]

    @property
    def web_pods_possible(self) -> int:
        """So many that one may be added during a roll-out and all find a connection."""
        others = sum(count for _, count in self.connections()[1:])
        return (self.max_connections - others) // self.web_connections - 1


def limits_read() -> Limits:
    web = container("deployment.yaml", "Deployment", "ecommerce-web")["resources"]
    name = "ecommerce-celery-worker"
    worker = container("celery-deployment.yaml", "Deployment", name)["resources"]
    name = "ecommerce-celery-beat"
    beat = container("beat-deployment.yaml", "Deployment", name)["resources"]
    scaler = manifest("hpa.yaml", "HorizontalPodAutoscaler", "ecommerce-web")["spec"]
    (share,) = (
        each["resource"]["target"]["averageUtilization"]
        for each in scaler["metrics"]
        if each["resource"]["name"] == "cpu"
    )
    server = manifest("statefulsets.yaml", "StatefulSet", "ecommerce-postgres")
    postgres = server["spec"]["template"]["spec"]["containers"][0]
    volumes = {
        each["metadata"]["name"]: each["spec"]["resources"]["requests"]["storage"]
        for each in server["spec"]["volumeClaimTemplates"]
    }
    redis = manifest("statefulsets.yaml", "ConfigMap", "ecommerce-redis")["data"]
    return Limits(
        web_pods_least=scaler["minReplicas"],
        web_pods_most=scaler["maxReplicas"],
        web_target_cpu=cpus(web["requests"]["cpu"]) * share / 100,
        web_asked_cpu=cpus(web["requests"]["cpu"]),
        web_cpus=cpus(web["limits"]["cpu"]),
        web_memory_mb=megabytes(web["limits"]["memory"]),
        web_processes=default_of("web.py", "WEB_CONCURRENCY"),
        web_threads=default_of("web.py", "GUNICORN_THREADS"),
        worker_pods=_replicas("celery-deployment.yaml", "ecommerce-celery-worker"),
        worker_processes=default_of("jobs.py", "WORKER_CONCURRENCY"),
        worker_memory_mb=megabytes(worker["limits"]["memory"]),
        beat_pods=_replicas("beat-deployment.yaml", "ecommerce-celery-beat"),
        beat_memory_mb=megabytes(beat["limits"]["memory"]),
        max_connections=_argument(postgres, "max_connections"),
        database_cpus=cpus(postgres["resources"]["limits"]["cpu"]),
        redis_mb=int(re.findall(r"maxmemory (\d+)mb", redis["redis.conf"])[0]),
        database_disk_gb=megabytes(volumes["data"]) // 1024,
    )


def _replicas(file: str, name: str) -> int:
    return manifest(file, "Deployment", name)["spec"]["replicas"]


def _argument(postgres: dict[str, Any], name: str) -> int:
    (value,) = re.findall(rf"{name}=(\d+)", " ".join(postgres["args"]))
    return int(value)
