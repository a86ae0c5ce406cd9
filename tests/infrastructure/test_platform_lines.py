"""Every line of `platform.md`, which describes the platform, is kept by a test, which `platform_lines.yaml` names."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.infrastructure.manifests import of_kind, overlay

CHECKOUT = Path(__file__).resolve().parents[2]
LINES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (CHECKOUT / "tests/infrastructure/platform_lines.yaml").read_text()
)
BOX = re.compile(r"│\s*([A-Za-z(][^│]*?)\s*│")
TREE = re.compile(r"^[│├└─\s]*([\w.-]+(?:\.yaml|/))", re.MULTILINE)


def statements(block: str) -> Iterator[str]:
    """The commands or lines of a code block, without remarks; continued lines are joined."""
    for line in re.sub(r"\\\n\s*", "", block).splitlines():
        text = re.sub(r"(^|\s)#.*$", "", line).strip()
        if text:
            yield text


def sentences(line: str) -> Iterator[str]:
    """What a line outside of code promises: a bullet, a row of a table, a sentence."""
    text = re.sub(r"^([-*]|\d+\.) ", "", line.strip())
    is_separator = set(text) <= set("|-: ")
    if text and not is_separator and not text.startswith(("#", "<!--", "---")):
        yield text


def lines_of(document: str) -> dict[str, set[str]]:
    """What each section says, by `Heading` or `Heading / Subheading`."""
    found: dict[str, set[str]] = {}
    heading = section = ""
    for part in re.split(
        r"^(```\w*\n.*?^```$|#+ [^\n]*$)", document, flags=re.M | re.S
    ):
        title = re.match(r"(#+) (.*)$", part)
        code = re.match(r"```(\w*)\n(.*)```$", part, re.S)
        if title:
            heading = title[2] if len(title[1]) < 3 else heading
            section = title[2] if len(title[1]) < 3 else f"{heading} / {title[2]}"
        elif code and code[1]:
            found.setdefault(section, set()).update(statements(code[2]))
        elif code:
            pattern = BOX if "┌" in code[2] else TREE
            found.setdefault(section, set()).update(pattern.findall(code[2]))
        else:
            texts = {text for line in part.splitlines() for text in sentences(line)}
            if texts:
                found.setdefault(section, set()).update(texts)
    return found


def functions_of(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


def test_every_test_that_is_named_exists() -> None:
    nodes = {
        node for lines in LINES.values() for each in lines.values() for node in each
    }
    files = {node.partition("::")[0] for node in nodes}
    existing = {
        f"{path}::{name}"
        for path in files
        if (CHECKOUT / path).is_file()
        for name in functions_of(CHECKOUT / path)
        if name.startswith("test_")
    }

    assert len(nodes) > 50
    assert nodes - existing == set()


def test_every_line_names_a_test() -> None:
    assert LINES
    for section, lines in LINES.items():
        for line, nodes in lines.items():
            assert nodes, f"{section}: {line}"


def test_every_line_of_the_document_has_tests() -> None:
    document = (CHECKOUT / "tests/infrastructure/platform.md").read_text()

    assert {section: set(lines) for section, lines in LINES.items()} == lines_of(
        document
    )


def test_lines_are_found_in_all_forms() -> None:
    document = """
# Shop
```
   ┌─────┐
   │ Box │
   └─────┘
```
## First
- **Bold**: a bullet
| `NAME` | meaning |
|---|---|
A sentence.
### Second
```bash
# a remark
run this \\
    --option   # why
```
```
k8s/
├── base/     # remark
│   └── a.yaml
```
"""

    assert lines_of(document) == {
        "Shop": {"Box"},
        "First": {"**Bold**: a bullet", "| `NAME` | meaning |", "A sentence."},
        "First / Second": {"run this --option", "k8s/", "base/", "a.yaml"},
    }


# --- Lines that are nobody else's --------------------------------------------------


def settings_of(**environment: str) -> subprocess.CompletedProcess[str]:
    """What the settings make of an environment that has nothing else in it."""
    code = (
        "import json, storefront.settings.base as s; "
        "print(json.dumps([s.DEBUG, s.ALLOWED_HOSTS, s.CELERY_BROKER_URL]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'site'}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_documented_variables_have_the_documented_defaults() -> None:
    required = {
        "SECRET_KEY": "secret",
        "DATABASE_URL": "postgresql://user@host/name",
        "REDIS_URL": "redis://host:6379/1",
    }

    read = settings_of(**required)

    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout) == [False, ["localhost"], "redis://host:6379/1"]
    for name in required:
        rest = {key: value for key, value in required.items() if key != name}
        assert f"{name} is not set" in settings_of(**rest).stderr


def test_web_application_is_python_311_and_gunicorn() -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    entrypoint = (CHECKOUT / "docker/entrypoint").read_text()

    (base,) = re.findall(r"^ARG PYTHON=(\S+)$", dockerfile, re.MULTILINE)
    assert base.startswith("docker.io/library/python:3.11-slim")
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON}"}
    assert re.search(
        r"^web\) exec gunicorn storefront\.wsgi ", entrypoint, re.MULTILINE
    )
    assert re.search(
        r"^gunicorn==",
        (CHECKOUT / "requirements/production.txt").read_text(),
        re.MULTILINE,
    )


KINDS = {
    "namespace.yaml": {"Namespace"},
    "configmap.yaml": {"ConfigMapGenerator"},
    "secrets.yaml": {"Secret"},
    "deployment.yaml": {"Deployment"},
    "celery-deployment.yaml": {"Deployment"},
    "service.yaml": {"Service"},
    "ingress.yaml": {"Ingress"},
    "statefulsets.yaml": {"StatefulSet", "ConfigMap"},
    "pvc.yaml": {"PersistentVolumeClaim"},
    "hpa.yaml": {"HorizontalPodAutoscaler"},
    "rbac.yaml": {"ServiceAccount"},
    "certificate.yaml": {"Certificate", "Issuer"},
    "cronjobs.yaml": {"CronJob"},
    "jobs.yaml": {"Job"},
    "monitoring.yaml": {"PodMonitor", "PrometheusRule", "ServiceMonitor"},
    "grafana-dashboard.yaml": {"ConfigMap"},
    "external-secrets.yaml": {"ExternalSecret", "SecretStore"},
}


@pytest.mark.parametrize("file", KINDS)
def test_documented_file_holds_what_its_name_says(file: str) -> None:
    manifests = yaml.safe_load_all((CHECKOUT / "k8s/base" / file).read_text())

    assert {each["kind"] for each in manifests if each} == KINDS[file]


@pytest.mark.parametrize("environment", ["development", "production"])
def test_there_are_revisions_to_go_back_to(environment: str) -> None:
    deployments = of_kind(overlay(environment), "Deployment")

    assert deployments
    for each in deployments:
        assert each["spec"]["revisionHistoryLimit"] >= 2


@pytest.mark.parametrize(
    ("target", "called"),
    [
        ("help", r"^awk "),
        ("dev", r"scripts/services run -- \S+python scripts/shop dev$"),
        ("test", r"scripts/services run --ephemeral -- \S+python -m pytest .*"),
        ("build", r"^scripts/deploy build\b"),
        ("k8s-prod", r"^scripts/deploy production apply\b"),
        ("db-backup", r"^scripts/db-backup\b"),
    ],
)
def test_make_calls_what_its_help_says(target: str, called: str) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", target],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert re.search(called, done.stdout.strip().splitlines()[-1])


def test_documented_alerts_have_the_documented_numbers() -> None:
    rules = {
        rule["alert"]: re.sub(r"\s+", " ", rule["expr"]).strip()
        for manifest in yaml.safe_load_all(
            (CHECKOUT / "k8s/base/monitoring.yaml").read_text()
        )
        if manifest["kind"] == "PrometheusRule"
        for group in manifest["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }

    assert re.search(r"> 0\.05\b", rules["StorefrontHighErrorRate"])
    assert "histogram_quantile(0.95" in rules["StorefrontSlowResponses"]
    assert re.search(r"> 2\b", rules["StorefrontSlowResponses"])
    assert re.search(r"> 0\.9\b", rules["StorefrontHighMemoryUsage"])
    assert "kube_pod_status_ready" in rules["StorefrontPodNotReady"]
    assert (
        "django_db_new_connection_errors_total"
        in rules["StorefrontDatabaseConnectionErrors"]
    )
    assert "storefront_queue_messages" in rules["StorefrontCeleryBacklog"]


def test_certificates_come_from_lets_encrypt_by_cert_manager() -> None:
    (issuer,) = of_kind(overlay("production"), "Issuer")
    (certificate,) = of_kind(overlay("production"), "Certificate")
    hosts = {
        host
        for ingress in of_kind(overlay("production"), "Ingress")
        for tls in ingress["spec"]["tls"]
        for host in tls["hosts"]
    }

    assert issuer["spec"]["acme"]["server"] == (
        "https://acme-v02.api.letsencrypt.org/directory"
    )
    assert certificate["spec"]["issuerRef"]["name"] == issuer["metadata"]["name"]
    assert set(certificate["spec"]["dnsNames"]) == hosts
