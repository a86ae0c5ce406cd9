"""`scripts/deploy`: which programs it calls with what, when it asks, and what it says where it can't go on."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.infrastructure.manifests import program
from tests.infrastructure.recording import CHECKOUT, Recorder

CONTEXT = "kubectl config current-context"
ROLLOUT = [
    ["kubectl", "rollout", "status", f"deployment/ecommerce-{name}", "-n", "ecommerce", "--timeout=15m"]
    for name in ("web", "celery-worker", "celery-beat")
]  # fmt: skip


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(
        tmp_path, "kubectl", "docker", answers={CONTEXT: ["prod-cluster\n", 0]}
    )


def dry(recorder: Recorder, *words: str, **environment: str) -> list[str]:
    done = recorder.run("scripts/deploy", *words, "--dry-run", **environment)
    assert done.returncode == 0, done.stderr
    assert recorder.calls == []
    return done.stdout.splitlines()


def test_apply_checks_the_cluster_applies_and_waits(recorder: Recorder) -> None:
    assert dry(recorder, "production", "apply") == [
        "scripts/kubernetes-preflight production",
        "kubectl apply -k k8s/overlays/production",
        *[" ".join(call) for call in ROLLOUT],
    ]


def test_a_cluster_that_lacks_something_gets_nothing(recorder: Recorder) -> None:
    done = recorder.run("scripts/deploy", "development", "apply")

    assert done.returncode != 0
    assert "The cluster does not answer" in done.stderr
    assert not any("apply" in call for call in recorder.calls)


def test_status_needs_no_question(recorder: Recorder) -> None:
    done = recorder.run("scripts/deploy", "production", "status")

    assert done.returncode == 0
    assert recorder.calls == [
        ["kubectl", "get", "deployments,statefulsets,jobs,cronjobs,pods,hpa,ingress", "-n", "ecommerce"]
    ]  # fmt: skip


def test_differences_are_no_failure_but_failures_are(tmp_path: Path) -> None:
    diff = "kubectl diff -k k8s/overlays/development"
    for code, expected in ((0, 0), (1, 0), (2, 1)):
        folder = tmp_path / str(code)
        folder.mkdir()
        recorder = Recorder(folder, "kubectl", answers={diff: ["", code]})
        done = recorder.run("scripts/deploy", "development", "diff")
        assert (done.returncode != 0) == bool(expected)


def test_production_is_changed_only_by_the_word_production(recorder: Recorder) -> None:
    refused = recorder.run("scripts/deploy", "production", "rollback", said="yes\n")

    assert refused.returncode == 1
    assert "rollback in production, cluster prod-cluster" in refused.stdout
    assert refused.stderr == "Nothing was changed.\n"
    assert recorder.calls == [CONTEXT.split()]

    taken = recorder.run(
        "scripts/deploy", "production", "rollback", said="production\n"
    )

    assert taken.returncode == 0
    assert recorder.calls[2:] == [
        *[["kubectl", "rollout", "undo", call[3], "-n", "ecommerce"] for call in ROLLOUT],
        *ROLLOUT,
    ]  # fmt: skip


RUNNING = (
    "kubectl get deployment ecommerce-web -n ecommerce --ignore-not-found"
    " -o jsonpath={.spec.template.spec.containers[0].image}"
)


def cluster_running(tmp_path: Path, image: str) -> Recorder:
    return Recorder(
        tmp_path,
        "kubectl",
        answers={CONTEXT: ["prod-cluster\n", 0], RUNNING: [image, 0]},
    )


def applied(recorder: Recorder) -> list[list[str]]:
    return [call for call in recorder.calls if call[1] == "apply"]


@pytest.fixture
def without_preflight(tmp_path: Path) -> Path:
    """A copy of what `scripts/deploy` needs, with a preflight that passes."""
    shutil.copytree(CHECKOUT / "k8s", tmp_path / "checkout/k8s")
    scripts = tmp_path / "checkout/scripts"
    scripts.mkdir()
    shutil.copy(CHECKOUT / "scripts/deploy", scripts)
    preflight = scripts / "kubernetes-preflight"
    preflight.write_text("#!/bin/sh\n")
    preflight.chmod(0o755)
    return scripts / "deploy"


@pytest.mark.parametrize(
    ("image", "words", "variables", "said", "is_applied"),
    [
        # A checkout that is behind: nothing that is typed by habit takes production back.
        ("ghcr.io/your-org/ecommerce:v9.0.0", [], {}, "production\n", False),
        ("ghcr.io/your-org/ecommerce:v9.0.0", [], {}, "", False),
        ("ghcr.io/your-org/ecommerce:v9.0.0", ["--force"], {}, "", False),
        ("ghcr.io/your-org/ecommerce:v9.0.0", [], {}, "OVERLAY\n", True),
        ("ghcr.io/your-org/ecommerce:v9.0.0", ["--force"], {"TAG": "v9.0.0"}, "", True),
        ("localhost:5000/ecommerce:OVERLAY@sha256:0a", [], {}, "production\n", True),
        ("", ["--force"], {}, "", True),  # nothing runs yet
    ],
)
def test_another_release_than_the_clusters_has_to_be_named(
    tmp_path: Path,
    without_preflight: Path,
    image: str,
    words: list[str],
    variables: dict[str, str],
    said: str,
    is_applied: bool,
) -> None:
    (named,) = yaml.safe_load(
        (CHECKOUT / "k8s/overlays/production/kustomization.yaml").read_text()
    )["images"]
    image, said = (text.replace("OVERLAY", named["newTag"]) for text in (image, said))
    recorder = cluster_running(tmp_path, image)

    done = recorder.run(
        str(without_preflight), "production", "apply", *words, said=said, **variables
    )

    assert bool(applied(recorder)) == is_applied, done.stderr
    assert (done.returncode == 0) == is_applied
    if not is_applied:
        said_so = f"The cluster runs v9.0.0, this checkout is {named['newTag']}."
        assert said_so in done.stdout + done.stderr


def test_nobody_to_answer_changes_nothing(recorder: Recorder) -> None:
    done = recorder.run("scripts/deploy", "production", "rollback")

    assert done.returncode == 1
    assert "--force does not ask" in done.stderr


@pytest.mark.parametrize(
    ("environment", "options"), [("development", []), ("production", ["--force"])]
)
def test_development_and_force_do_not_ask(
    recorder: Recorder, environment: str, options: list[str]
) -> None:
    done = recorder.run("scripts/deploy", environment, "rollback", *options)

    assert done.returncode == 0
    assert len(recorder.calls) == 6


def test_a_tag_of_ones_own_is_deployed_from_a_copy(tmp_path: Path) -> None:
    keeper = tmp_path / "kept"
    keeper.mkdir()
    program = tmp_path / "kubectl"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = diff ] && cp "$3/kustomization.yaml" {keeper}\n'
    )
    program.chmod(0o755)
    recorder = Recorder(tmp_path, answers={})

    for tag in ("v2.3.4", f"v2.3.4@sha256:{'0a' * 32}", "1.0"):
        recorder.run(
            "scripts/deploy", "production", "diff",
            TAG=tag, IMAGE="localhost:5000/shop", PATH=f"{tmp_path}:/usr/bin:/bin",
        )  # fmt: skip

        (image,) = yaml.safe_load((keeper / "kustomization.yaml").read_text())["images"]
        assert image == {
            "name": "ghcr.io/your-org/ecommerce",
            "newName": "localhost:5000/shop",
            "newTag": tag,
        }


def waiting() -> str:
    script = (CHECKOUT / "scripts/deploy").read_text()
    return script.split("WAITING='")[1].split("'\n")[0]


def test_what_new_pods_wait_for_is_said(tmp_path: Path) -> None:
    recorder = Recorder(
        tmp_path,
        "kubectl",
        answers={
            " ".join(ROLLOUT[0]): ["", 1],
            f"kubectl get pods -n ecommerce -o jsonpath={waiting()}": [
                'ecommerce-web-1 Back-off pulling image "ecommerce:v9" \necommerce-web-2  \n', 0,
            ],
        },
    )  # fmt: skip

    done = recorder.run("scripts/deploy", "development", "rollback")

    assert done.returncode == 1
    assert "ecommerce-web does not become ready" in done.stderr
    assert 'ecommerce-web-1 Back-off pulling image "ecommerce:v9"' in done.stderr
    assert "ecommerce-web-2" not in done.stderr


def test_last_words_of_a_start_that_failed_are_among_them(tmp_path: Path) -> None:
    status = {
        "name": "web",
        "state": {"waiting": {"message": "back-off 20s restarting"}},
        "lastState": {"terminated": {"exitCode": 1, "message": "SECRET_KEY is not set."}},
    }  # fmt: skip
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "ecommerce-web-1"},
        "status": {"containerStatuses": [status]},
    }
    (tmp_path / "pod.yaml").write_text(yaml.safe_dump(pod))
    for_one = waiting().removeprefix("{range .items[*]}").removesuffix("{end}")

    done = subprocess.run(
        [program("kubectl"), "label", "--local", "-f", tmp_path / "pod.yaml", "a=b",
         "-o", f"jsonpath={for_one}"],
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip

    said = "ecommerce-web-1 back-off 20s restarting SECRET_KEY is not set.\n"
    assert done.stdout == said


def test_build_and_push_are_the_documented_commands(recorder: Recorder) -> None:
    recorder.run("scripts/deploy", "build")
    recorder.run("scripts/deploy", "build", TAG="v1.0.0")
    recorder.run("scripts/deploy", "push", "--sbom=true")

    image = "ghcr.io/your-org/ecommerce"
    assert [" ".join(call) for call in recorder.calls] == [
        f"docker build -t {image}:latest .",
        f"docker build -t {image}:v1.0.0 .",
        f"docker buildx build --platform linux/amd64,linux/arm64 -t {image}:latest --push --sbom=true .",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Usage: scripts/deploy"),
        (["staging"], "staging is no environment: development or production"),
        (
            ["production", "fly"],
            "fly is no action: apply, diff, status, logs or rollback",
        ),
        (["production", "status", "now"], "now is one word too much"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line(
    recorder: Recorder, words: list[str], said: str
) -> None:
    done = recorder.run("scripts/deploy", *words)

    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert recorder.calls == []


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (["build"], {"TAG": "v1; rm"}, "TAG=v1; rm: "),
        (["build"], {"TAG": "-v1"}, "TAG=-v1: "),
        (["build"], {"IMAGE": "My Shop"}, "IMAGE=My Shop: "),
        (["production", "apply"], {"TAG": "v1@sha256:x|y"}, "TAG=v1@sha256:x|y: "),
        (["production", "apply"], {"TAG": "v1@sha256:"}, "TAG=v1@sha256:: "),
        (["production", "apply"], {"IMAGE": "me/shop"}, "IMAGE=me/shop needs a TAG"),
        (
            ["production", "diff"],
            {"IMAGE": "me/shop:v1", "TAG": "v1"},
            "IMAGE=me/shop:",
        ),
    ],
)
def test_an_image_that_cannot_be_is_refused_in_one_line(
    recorder: Recorder, words: list[str], variables: dict[str, str], said: str
) -> None:
    done = recorder.run("scripts/deploy", *words, **variables)

    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert recorder.calls == []


def test_a_dry_run_names_the_image(recorder: Recorder) -> None:
    first, *_ = dry(recorder, "production", "apply", TAG="v2.0.0", IMAGE="me/shop")

    assert first.endswith("with the image me/shop:v2.0.0")


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("build", "docker build -t ghcr.io/your-org/ecommerce:latest ."),
        ("k8s-prod", "kubectl apply -k k8s/overlays/production"),
        ("k8s-dev", "kubectl apply -k k8s/overlays/development"),
    ],
)
def test_make_deploys(recorder: Recorder, target: str, command: str) -> None:
    done = recorder.run("make", "--silent", target, "ARGS=--dry-run")

    assert done.returncode == 0, done.stderr
    assert command in done.stdout.splitlines()
