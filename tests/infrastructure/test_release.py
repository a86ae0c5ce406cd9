"""`scripts/release`: the repository names each release, in one commit, before it is tagged."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.infrastructure.recording import CHECKOUT

OVERLAY = "k8s/overlays/production/kustomization.yaml"
CHART = "helm/ecommerce/Chart.yaml"
FILES = (OVERLAY, CHART, "pyproject.toml", "CHANGELOG.md", "scripts/release")
WHO = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *WHO, *arguments],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of the files that name a release, in which v1.2.3 was the last one."""
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / file, tmp_path / file)
    for file in (OVERLAY, CHART, "pyproject.toml"):
        text = (tmp_path / file).read_text()
        text = re.sub(r"^( *(?:newTag|appVersion): ).*", r"\1v1.2.3", text, flags=re.M)
        text = re.sub(r"^version: .*", "version: 1.2.3", text, flags=re.M)
        text = re.sub(r"^version = .*", 'version = "1.2.3"', text, flags=re.M)
        (tmp_path / file).write_text(text)
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- New\n\n## [1.2.3] - 2026-11-01\n\n- Old\n"
    )
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    git(tmp_path, "tag", "v1.2.3")
    return tmp_path


def commit(repository: Path) -> None:
    """Commit all and push it to main, as far as a clone knows."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Change")
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")


def release(
    repository: Path, version: str, *options: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [repository / "scripts/release", *options],
        env={"PATH": os.environ["PATH"], "VERSION": version},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_a_release_is_written_wherever_it_is_named(repository: Path) -> None:
    done = release(repository, "v1.3.0")

    assert done.returncode == 0, done.stderr
    (image,) = yaml.safe_load((repository / OVERLAY).read_text())["images"]
    chart = yaml.safe_load((repository / CHART).read_text())
    assert image["newTag"] == "v1.3.0"
    assert (chart["version"], chart["appVersion"]) == ("1.3.0", "v1.3.0")
    assert '\nversion = "1.3.0"\n' in (repository / "pyproject.toml").read_text()
    assert (repository / "CHANGELOG.md").read_text() == (
        f"# Changelog\n\n## [Unreleased]\n\n## [1.3.0] - {datetime.now(UTC):%Y-%m-%d}\n\n"
        "- New\n\n## [1.2.3] - 2026-11-01\n\n- Old\n"
    )
    assert git(repository, "diff", "--shortstat").startswith("4 files changed")
    assert "git tag v1.3.0 && git push origin v1.3.0" in done.stdout

    commit(repository)

    assert release(repository, "v1.3.0", "--check").returncode == 0


def test_a_release_drops_the_digest_of_the_one_before(repository: Path) -> None:
    overlay = repository / OVERLAY
    line = "    newTag: v1.2.3\n"
    overlay.write_text(
        overlay.read_text().replace(line, f"{line}    digest: sha256:0a\n")
    )
    commit(repository)

    release(repository, "v1.3.0")

    (image,) = yaml.safe_load(overlay.read_text())["images"]
    assert image == {"name": "ghcr.io/your-org/ecommerce", "newTag": "v1.3.0"}


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", "VERSION=: a release is named like v1.2.3."),
        ("1.3.0", "VERSION=1.3.0: a release is named like v1.2.3."),
        ("v1.3", "VERSION=v1.3: a release is named like v1.2.3."),
        ("v1.3.0-rc1", "VERSION=v1.3.0-rc1: a release is named like v1.2.3."),
        ("v01.3.0", "VERSION=v01.3.0: a release is named like v1.2.3."),
        ("v1.2.3", "v1.2.3 exists already. Nothing was changed."),
        ("v1.2.2", "v1.2.2 is older than v1.10.0. Nothing was changed."),
        ("v1.9.0", "v1.9.0 is older than v1.10.0. Nothing was changed."),
    ],
)
def test_a_version_that_cannot_follow_is_refused(
    repository: Path, version: str, said: str
) -> None:
    git(repository, "tag", "v1.10.0")

    done = release(repository, version)

    assert (done.returncode, done.stderr) == (1, f"{said}\n")
    assert git(repository, "status", "--porcelain") == ""


def test_a_version_that_only_the_files_know_is_refused(repository: Path) -> None:
    """A clone may lack tags."""
    git(repository, "tag", "--delete", "v1.2.3")

    assert "v1.2.3 exists already" in release(repository, "v1.2.3").stderr
    assert "v1.2.2 is older than v1.2.3" in release(repository, "v1.2.2").stderr


def test_an_option_that_does_not_exist_writes_nothing(repository: Path) -> None:
    done = release(repository, "v1.3.0", "--dry-run")

    assert done.returncode == 1
    assert done.stderr == "Usage: VERSION=v1.2.3 scripts/release [--check]\n"
    assert git(repository, "status", "--porcelain") == ""


def test_what_is_not_committed_is_not_released(repository: Path) -> None:
    (repository / "new").touch()

    done = release(repository, "v1.3.0")

    assert done.returncode == 1
    assert "commit them first. Nothing was changed." in done.stderr
    assert git(repository, "status", "--porcelain") == "?? new"


@pytest.mark.parametrize(
    ("file", "old", "says"),
    [
        (OVERLAY, "newTag: v1.3.0", "names v1.2.3 as newTag, not v1.3.0."),
        (CHART, "appVersion: v1.3.0", "names v1.2.3 as appVersion, not v1.3.0."),
        (CHART, "version: 1.3.0", "names v1.2.3 as version, not v1.3.0."),
        ("pyproject.toml", '"1.3.0"', "names v1.2.3 as version, not v1.3.0."),
        ("CHANGELOG.md", "[1.3.0]", "has no heading for v1.3.0."),
    ],
)
def test_a_tag_that_a_file_does_not_name_fails(
    repository: Path, file: str, old: str, says: str
) -> None:
    release(repository, "v1.3.0")
    path = repository / file
    path.write_text(path.read_text().replace(old, old.replace("1.3.0", "1.2.3")))
    commit(repository)

    done = release(repository, "v1.3.0", "--check")

    advice = (
        "Run `make release VERSION=v1.3.0`, merge its commit into main, tag that one."
    )
    assert (done.returncode, done.stderr) == (1, f"{file} {says}\n{advice}\n")


def test_a_tag_beside_main_fails(repository: Path) -> None:
    release(repository, "v1.3.0")
    git(repository, "commit", "--quiet", "--all", "--message", "Beside main")

    done = release(repository, "v1.3.0", "--check")

    assert done.returncode == 1
    assert done.stderr.startswith("The commit is not on main.\n")


def test_every_file_names_the_same_release() -> None:
    (image,) = yaml.safe_load((CHECKOUT / OVERLAY).read_text())["images"]
    chart = yaml.safe_load((CHECKOUT / CHART).read_text())
    (project,) = re.findall(
        r'^version = "(.+)"', (CHECKOUT / "pyproject.toml").read_text(), re.M
    )

    named = {
        image["newTag"],
        chart["appVersion"],
        f"v{chart['version']}",
        f"v{project}",
    }
    assert named == {chart["appVersion"]}
