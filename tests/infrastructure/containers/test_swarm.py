"""docker-compose.prod.yml, deployed by the guide's lines on a Swarm of one node; its shop is docker-compose.yml's.

Not tried here: Swarm's own balancing (IPVS), for which `one-node.yml` puts names of tasks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.infrastructure.containers import engine
from tests.infrastructure.containers.visitors import bad, shoppers

pytestmark = pytest.mark.containers

ONE_NODE = "tests/infrastructure/containers/one-node.yml"
REPOSITORY = engine.IMAGE.partition(":")[0]
ENVIRONMENT = {
    "HOST": "localhost",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_S3_ENDPOINT_URL": "http://127.0.0.1:9",
    "EMAIL_URL": "smtp://127.0.0.1:9",
}


def guide_blocks() -> list[str]:
    """Of the guide's part about Swarm: the lines that make secrets, those that deploy and scale."""
    guide = (engine.ROOT / "docs/deployment.md").read_text()
    part = guide.split("## Docker Swarm\n")[1].split("\n## ")[0]
    return re.findall(r"```(?:ba)?sh\n(.*?)```", part, re.DOTALL)


def deploy(tag: str) -> None:
    line, _ = guide_blocks()[1].splitlines()
    *command, stack = line.split()
    engine.ask("env", f"TAG={tag}", *command, f"--compose-file={ONE_NODE}", stack)


def replicas() -> dict[str, str]:
    said = engine.docker("service", "ls", "--format={{.Name}} {{.Replicas}}")
    return dict(line.split() for line in said.splitlines())


def wait_for_webs(count: int) -> None:
    wanted = f"{count}/{count}"
    engine.wait_for(lambda: replicas()["ecommerce_web"] == wanted, f"web {wanted}")


def wait_for_update(outcome: str) -> None:
    said = "{{.UpdateStatus.State}}"
    engine.wait_for(
        lambda: (
            engine.docker("service", "inspect", f"--format={said}", "ecommerce_web")
            == outcome
        ),
        outcome,
    )


def images_of_web() -> set[str]:
    """Of the tasks that run."""
    said = engine.docker(
        *("service", "ps", "--filter=desired-state=running", "--format={{.Image}}"),
        "ecommerce_web",
    )
    return set(said.splitlines())


@pytest.fixture(scope="module")
def stack(shop) -> Iterator[None]:
    secrets, _ = guide_blocks()
    engine.compose("stop", "--timeout=2")
    volume = "label=com.docker.compose.volume=db"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setenv(
            "DB_VOLUME", engine.docker("volume", "ls", "-q", f"--filter={volume}")
        )
        engine.docker("swarm", "init", "--advertise-addr=127.0.0.1")
        try:
            node = engine.docker("node", "ls", "-q")
            filled = secrets.replace("PASSWORD", "storefront").replace("NODE", node)
            engine.ask("sh", "-euc", filled)
            deploy("latest")
            wait_for_webs(3)
            yield
        finally:
            engine.docker("swarm", "leave", "--force")


def test_documented_lines_deploy_scale_and_change_the_release(stack, shop, tmp_path):
    """Under orders that go on: five web processes and three again, a newer image, one that does not start."""
    _, scale = guide_blocks()[1].splitlines()
    engine.later_build(tmp_path, "v2", f"{REPOSITORY}:v2")
    (tmp_path / "Dockerfile").write_text(f'FROM {engine.IMAGE}\nENTRYPOINT ["false"]\n')
    engine.docker("build", f"--tag={REPOSITORY}:v3", str(tmp_path))

    with shoppers(80, shop.wares) as log:
        engine.ask(*scale.split())
        wait_for_webs(5)
        engine.docker("service", "scale", "ecommerce_web=3")
        wait_for_webs(3)
        assert bad(log) == []

        deploy("v2")
        wait_for_update("completed")
        assert images_of_web() == {f"{REPOSITORY}:v2"}
        assert bad(log) == []

        deploy("v3")
        wait_for_update("rollback_completed")
        assert images_of_web() == {f"{REPOSITORY}:v2"}

    assert bad(log) == []
    assert len([each for each in log if each.method == "POST"]) >= 10
    assert engine.status("http://localhost/readyz/") == 200
