"""Every command of docs/deployment.md: it is written rightly, and what it names exists."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tests.infrastructure.manifests import overlay
from tests.infrastructure.recording import CHECKOUT, Recorder

GUIDE = (CHECKOUT / "docs/deployment.md").read_text()
LINES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (CHECKOUT / "tests/infrastructure/platform_lines.yaml").read_text()
)
PROGRAMS = ("docker", "docker-compose", "git", "helm", "kubectl", "make", "terraform")


def commands(language: str) -> list[str]:
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    joined = re.sub(r"\\\n\s*", "", "".join(blocks))
    return joined.splitlines()


SHELL = commands("bash")
POWERSHELL = commands("powershell")


def calls_of(program: str) -> list[list[str]]:
    return [shlex.split(line) for line in SHELL if line.startswith(f"{program} ")]


def test_every_command_of_the_platform_document_stands_in_the_guide() -> None:
    documented = {
        line
        for section, lines in LINES.items()
        for line in lines
        if "Prerequisites" not in section
        and line.startswith((*(f"{program} " for program in PROGRAMS), "cd ", ".\\"))
    }

    assert len(documented) == 40
    assert documented - {*SHELL, *POWERSHELL} == set()
    assert {*SHELL, *POWERSHELL} - documented == set()


@pytest.mark.parametrize("line", SHELL)
def test_a_shell_hands_the_command_over_as_it_is_written(
    line: str, tmp_path: Path
) -> None:
    if line.startswith("cd "):
        assert (CHECKOUT / line.removeprefix("cd ")).is_dir()
        return
    recorder = Recorder(tmp_path, *PROGRAMS, answers={})

    done = recorder.run("sh", "-euc", line)

    assert done.returncode == 0, done.stderr
    assert recorder.calls == [shlex.split(line)]


# --- What they name ---------------------------------------------------------------


def test_kubectl_finds_every_deployment_in_its_namespace() -> None:
    found = {
        each["metadata"]["name"]: each["metadata"]["namespace"]
        for each in overlay("production")
        if each["kind"] == "Deployment"
    }
    named = [
        (name.removeprefix("deployment/"), call[call.index("-n") + 1])
        for call in calls_of("kubectl")
        for name in call
        if name.startswith(("deployment/", "ecommerce-web", "ecommerce-celery"))
    ]

    assert len(named) >= 6
    for name, namespace in named:
        assert found[name] == namespace


def test_kubectl_finds_all_pods_by_the_documented_label() -> None:
    ((key, value),) = {
        tuple(call[call.index("-l") + 1].split("="))
        for call in calls_of("kubectl")
        if "-l" in call
    }

    for each in overlay("production"):
        if each["kind"] in {"Deployment", "StatefulSet"}:
            assert each["spec"]["template"]["metadata"]["labels"][key] == value


def test_kubectl_finds_every_file_and_folder() -> None:
    for call in calls_of("kubectl"):
        if "-k" in call:
            folder = CHECKOUT / call[call.index("-k") + 1]
            assert (folder / "kustomization.yaml").is_file()
        if call[:3] == ["kubectl", "apply", "-f"]:
            assert (CHECKOUT / call[3]).is_file()


def test_secrets_are_variables_of_the_shop() -> None:
    reference = (CHECKOUT / "docs/reference/settings.md").read_text()
    example = (CHECKOUT / ".env.production.example").read_text()
    literals = re.findall(r"--from-literal=([A-Z_]+)=", " ".join(SHELL))
    lines = re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)

    assert literals == ["SECRET_KEY", "DATABASE_URL"]
    assert set(literals) <= set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    for name in (*literals, *lines):
        assert f"`{name}`" in reference


def test_the_file_of_secrets_is_never_committed() -> None:
    for name, is_ignored in (
        (".env.production", True),
        (".env.production.example", False),
    ):
        done = subprocess.run(
            ["git", "check-ignore", "--quiet", "--no-index", name],
            cwd=CHECKOUT,
            check=False,
        )
        assert (done.returncode == 0) == is_ignored, name


def test_kubectl_takes_the_file_of_secrets_as_it_is() -> None:
    done = subprocess.run(
        ["kubectl", "create", "secret", "generic", "ecommerce-secrets", "-n", "ecommerce",
         "--from-env-file=.env.production.example", "--dry-run=client", "-o", "yaml"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL"} <= set(
        yaml.safe_load(done.stdout)["data"]
    )


def test_management_commands_of_all_pages_exist() -> None:
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]
    named = {
        command
        for page in pages
        for command in re.findall(r"manage\.py ([a-z][a-z_]+)", page.read_text())
    }

    assert "repair_indexes" in named
    assert named - set(get_commands()) == set()


def test_compose_has_the_service_and_the_shop_the_commands() -> None:
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]

    for call in calls_of("docker-compose"):
        if call[1] == "exec":
            assert call[2] in services
            assert call[3:5] == ["python", "manage.py"]
            assert call[5] in get_commands()


def test_swarm_scales_a_service_of_the_stack() -> None:
    (deploy,) = (call for call in calls_of("docker") if call[1] == "stack")
    (scale,) = (call for call in calls_of("docker") if call[1] == "service")
    services = yaml.safe_load((CHECKOUT / deploy[4]).read_text())["services"]

    name, number = scale[3].split("=")
    assert name.removeprefix(f"{deploy[5]}_") in services
    assert int(number) == 5


def test_images_are_built_from_the_dockerfile_here() -> None:
    builds = [call for call in calls_of("docker") if "build" in call]

    assert len(builds) == 3
    assert (CHECKOUT / "Dockerfile").is_file()
    for call in builds:
        assert call[-1] == "."
        assert call[call.index("-t") + 1].startswith("ghcr.io/your-org/ecommerce:")


def test_helm_installs_the_chart_of_this_name() -> None:
    for call in calls_of("helm"):
        chart = CHECKOUT / call[4] / "Chart.yaml"
        assert yaml.safe_load(chart.read_text())["name"] == call[3] == "ecommerce"
        if "-f" in call:
            assert (CHECKOUT / call[call.index("-f") + 1]).is_file()


def test_pushes_start_the_pipeline() -> None:
    pipeline = yaml.safe_load((CHECKOUT / ".github/workflows/ci-cd.yaml").read_text())[
        True
    ]["push"]

    assert ["git", "push", "origin", "develop"] in calls_of("git")
    assert "develop" in pipeline["branches"]
    assert ["git", "push", "origin", "v1.0.0"] in calls_of("git")
    assert pipeline["tags"] == ["v*"]


def test_make_help_lists_every_target_that_is_named() -> None:
    helped = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    for call in calls_of("make"):
        assert re.search(rf"^  make {call[1]} ", helped, re.MULTILINE), call[1]


def test_powershell_lines_use_allowed_values() -> None:
    source = (CHECKOUT / "deploy.ps1").read_text()
    environments, actions = (
        re.findall(r"'(\w+)'", values)
        for values in re.findall(r"\[ValidateSet\((.*?)\)\]", source)
    )

    assert len(POWERSHELL) == 4
    for line in POWERSHELL:
        program, *words = line.split()
        assert program == r".\deploy.ps1"
        if words[0] == "-Action":
            assert words[1] in actions
        else:
            assert words[0] in environments
            assert words[1] in actions
