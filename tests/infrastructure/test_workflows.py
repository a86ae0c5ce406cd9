"""Order, gates and rights of the pipeline; scripts/infrastructure/workflows checks its form."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infrastructure.manifests import program

CHECKOUT = Path(__file__).resolve().parents[2]
GITHUB = CHECKOUT / ".github"
PIPELINE = yaml.safe_load((GITHUB / "workflows/ci-cd.yaml").read_text())
JOBS: dict[str, dict[str, Any]] = PIPELINE["jobs"]
TRIGGERS = PIPELINE[True]  # YAML 1.1 reads `on` as a truth value
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def needed(job: str) -> set[str]:
    """The jobs that must have ended well, and theirs."""
    direct = JOBS[job].get("needs", [])
    direct = [direct] if isinstance(direct, str) else direct
    return set(direct) | {further for name in direct for further in needed(name)}


def commands(job: str) -> str:
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


def test_deploying_comes_after_test_build_and_scan() -> None:
    assert needed("security") == {"test", "infrastructure", "build"}
    assert needed("publish") == {"test", "infrastructure", "build", "security"}
    for deploy in ("deploy-development", "deploy-production"):
        assert needed(deploy) == needed("publish") | {"publish"}


def test_development_is_deployed_from_develop_alone() -> None:
    assert "develop" in TRIGGERS["push"]["branches"]
    assert "github.ref == 'refs/heads/develop'" in JOBS["deploy-development"]["if"]
    assert JOBS["deploy-development"]["environment"] == "development"
    assert "make k8s-dev" in commands("deploy-development")


def test_production_is_deployed_from_version_tags_after_an_approval() -> None:
    assert TRIGGERS["push"]["tags"] == ["v*"]
    assert "startsWith(github.ref, 'refs/tags/v')" in JOBS["deploy-production"]["if"]
    assert JOBS["deploy-production"]["environment"] == "production"
    assert "make k8s-prod" in commands("deploy-production")


def test_the_scan_stops_the_pipeline() -> None:
    scan = next(
        step for step in JOBS["security"]["steps"] if "trivy" in step.get("uses", "")
    )

    assert scan["with"]["exit-code"] == "1"
    assert set(scan["with"]["severity"].split(",")) == {"HIGH", "CRITICAL"}
    assert scan["with"]["image-ref"].endswith("@${{ needs.build.outputs.digest }}")


def test_what_is_pushed_has_a_bill_of_materials_and_a_signature() -> None:
    assert "make push" in commands("build")
    assert "--sbom=true" in commands("build")
    assert 'cosign sign --yes "$IMAGE@$DIGEST"' in commands("publish")


def test_only_a_scanned_image_gets_a_name_that_is_deployed() -> None:
    (push,) = (
        step
        for step in JOBS["build"]["steps"]
        if step.get("run", "").startswith("make push ")
    )
    assert push["env"]["TAG"] == "build-${{ github.sha }}"
    assert "--tag" not in push["run"]
    assert commands("publish").splitlines()[-1] == (
        "docker buildx imagetools create"
        ' --tag "$IMAGE:$TAG" --tag "$IMAGE:$MOVING" "$IMAGE@$DIGEST"'
    )


@pytest.mark.parametrize("environment", ["development", "production"])
def test_what_was_scanned_and_signed_is_deployed(environment: str) -> None:
    deploy = JOBS[f"deploy-{environment}"]["steps"][-1]

    assert deploy["env"]["TAG"] == (
        "${{ needs.build.outputs.tag }}@${{ needs.build.outputs.digest }}"
    )
    for step in JOBS["publish"]["steps"]:
        if "DIGEST" in step.get("env", {}):
            assert step["env"]["DIGEST"] == "${{ needs.build.outputs.digest }}"


def test_a_tag_that_the_repository_does_not_name_builds_nothing() -> None:
    """scripts/release asks also whether the commit is on main: for that, the checkout has all branches."""
    checkout, check, *_ = JOBS["infrastructure"]["steps"]

    assert checkout["with"]["fetch-depth"] == 0
    assert check["if"] == "github.ref_type == 'tag'"
    assert check["run"] == "make release ARGS=--check"
    assert check["env"] == {"VERSION": "${{ github.ref_name }}"}
    assert "infrastructure" in needed("build")


def image_name(
    tmp_path: Path, kind: str, name: str
) -> subprocess.CompletedProcess[str]:
    """Run the step that names the image."""
    (step,) = (step for step in JOBS["build"]["steps"] if step.get("id") == "tag")
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["run"]],
        env={
            "GITHUB_REF_TYPE": kind,
            "GITHUB_REF_NAME": name,
            "GITHUB_REPOSITORY_OWNER": "Your-Org",
            "GITHUB_SHA": "0123456789abcdef" * 2,
            "GITHUB_OUTPUT": str(tmp_path / "output"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )


@pytest.mark.parametrize(
    ("reference", "names"),
    [
        (("branch", "develop"), {"tag": "develop-0123456789ab", "moving": "develop"}),
        (("tag", "v1.0.0"), {"tag": "v1.0.0", "moving": "latest"}),
    ],
)
def test_an_image_has_a_tag_that_stays_and_one_that_moves(
    tmp_path: Path, reference: tuple[str, str], names: dict[str, str]
) -> None:
    done = image_name(tmp_path, *reference)

    assert done.returncode == 0
    lines = (tmp_path / "output").read_text().splitlines()
    image = {"image": "ghcr.io/your-org/ecommerce"}  # a registry wants small letters
    assert dict(line.split("=") for line in lines) == image | names


def test_whoever_names_the_image_takes_its_name_from_that_step() -> None:
    images = {
        (name, step["env"]["IMAGE"])
        for name, job in JOBS.items()
        for step in job["steps"]
        if "IMAGE" in step.get("env", {})
    }

    assert images == {
        ("build", "${{ steps.tag.outputs.image }}"),
        ("publish", "${{ needs.build.outputs.image }}"),
        ("deploy-development", "${{ needs.build.outputs.image }}"),
        ("deploy-production", "${{ needs.build.outputs.image }}"),
    }
    assert "env" not in PIPELINE
    for job in JOBS.values():
        for step in job["steps"]:
            is_named = "$IMAGE" in step.get("run", "") or "k8s-" in step.get("run", "")
            assert "IMAGE" in step.get("env", {}) or not is_named


def test_what_names_no_release_takes_a_tag_that_moves() -> None:
    overlay = (CHECKOUT / "k8s/overlays/development/kustomization.yaml").read_text()
    stack = (CHECKOUT / "docker-compose.prod.yml").read_text()

    assert "newTag: develop\n" in overlay
    assert "ghcr.io/your-org/ecommerce:${TAG:-latest}" in stack


def test_steps_call_the_makefile() -> None:
    targets = set(
        re.findall(r"^([a-z0-9-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    )
    called = set(re.findall(r"\bmake ([a-z0-9-]+)", "".join(map(commands, JOBS))))

    assert {"lint", "test", "verify-infrastructure", "push", "release"} <= called
    assert called <= targets


def test_a_new_machine_checks_all_that_needs_no_docker_daemon() -> None:
    sections = {path.name for path in (CHECKOUT / "scripts/infrastructure").iterdir()}
    (called,) = re.findall(
        r'make verify-infrastructure ARGS="([^"]+)"', commands("infrastructure")
    )
    makefile = (CHECKOUT / "Makefile").read_text()

    assert set(called.split()) == sections - {"image"}
    # Sections run tests, with the programs of both environments.
    assert (
        "\nverify-infrastructure: .venv/develops .local/infrastructure/ready"
        in makefile
    )


def test_a_missing_program_fails_where_everything_is_verified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROGRAMS", "yes")
    with pytest.raises(pytest.fail.Exception, match="promtool-9 is missing"):
        program("promtool-9")

    monkeypatch.delenv("ALL_PROGRAMS")
    with pytest.raises(pytest.skip.Exception, match="promtool-9 is missing"):
        program("promtool-9")

    script = (CHECKOUT / "scripts/verify-infrastructure").read_text()
    assert "export PATH ALL_PROGRAMS=yes\n" in script
    sections = (CHECKOUT / "scripts/infrastructure/kubernetes").read_text()
    assert "test_(helm|kubern|monitor)" in sections
    assert commands("infrastructure").index("nginx prometheus") < (
        commands("infrastructure").index("make verify-infrastructure")
    )


@pytest.mark.parametrize("step", [step for step in STEPS if "uses" in step])
def test_actions_are_pinned_by_commit_with_their_version(step: dict[str, Any]) -> None:
    text = (GITHUB / "workflows/ci-cd.yaml").read_text()

    assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
    assert re.search(re.escape(step["uses"]) + r" # v\d+\.\d+\.\d+\n", text)


def test_nothing_has_more_rights_than_it_needs() -> None:
    assert PIPELINE["permissions"] == {}
    writers = {
        (name, right)
        for name, job in JOBS.items()
        for right, level in job["permissions"].items()
        if level == "write"
    }
    assert writers == {
        ("build", "packages"),
        ("publish", "packages"),
        ("publish", "id-token"),
        ("deploy-development", "id-token"),
        ("deploy-production", "id-token"),
    }


def test_every_job_ends_and_every_checkout_forgets_its_token() -> None:
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())
    for step in STEPS:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_a_deployment_is_never_interrupted() -> None:
    assert PIPELINE["concurrency"]["cancel-in-progress"] == (
        "${{ github.event_name == 'pull_request' }}"
    )
    for name in ("development", "production"):
        assert JOBS[f"deploy-{name}"]["concurrency"] == f"deploy-{name}"


def test_dependencies_of_all_kinds_are_kept_up_to_date() -> None:
    config = yaml.safe_load((GITHUB / "dependabot.yml").read_text())

    updates = {each["package-ecosystem"]: each for each in config["updates"]}
    assert updates.keys() == {
        "pip",
        "github-actions",
        "docker",
        "docker-compose",
        "terraform",
    }
    named = {
        f"/{path.parent.relative_to(CHECKOUT)}".removesuffix(".")
        for pattern in ("Dockerfile", "k8s/**/*.yaml", "helm/ecommerce/values.yaml")
        for path in CHECKOUT.glob(pattern)
        if re.search(r"^(FROM|.* image: (?!ghcr\.io/your-org))", path.read_text(), re.M)
    }
    assert named == set(updates["docker"]["directories"])


def test_support_has_a_form_of_its_own() -> None:
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE/support.yml").read_text())

    assert form["name"] == "Support"
    assert {part["id"] for part in form["body"] if "id" in part} >= {"where", "version"}
