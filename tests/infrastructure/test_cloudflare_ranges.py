"""Cloudflare's networks stand in one file, which `scripts/cloudflare-ranges` writes from what Cloudflare publishes."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from ipaddress import ip_network
from types import ModuleType

import pytest
import yaml

from tests.infrastructure.manifests import CHECKOUT, K8S

FILE = K8S / "ingress-nginx/cloudflare.yaml"
CONTROLLER = yaml.safe_load(FILE.read_text())["controller"]
NETWORKS = [
    ip_network(each) for each in CONTROLLER["config"]["proxy-real-ip-cidr"].split(",")
]
IPV4 = [str(each) for each in NETWORKS if each.version == 4]
IPV6 = [str(each) for each in NETWORKS if each.version == 6]


@pytest.fixture
def script(tmp_path, monkeypatch) -> ModuleType:
    """The script, which writes to a file of its own."""
    loader = SourceFileLoader(
        "cloudflare_ranges", str(CHECKOUT / "scripts/cloudflare-ranges")
    )
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader.exec_module(module)
    module.FILE = tmp_path / "cloudflare.yaml"
    monkeypatch.setattr("sys.argv", ["cloudflare-ranges"])
    return module


def answers(script: ModuleType, ipv4: list[str], ipv6: list[str]) -> None:
    """Let Cloudflare answer these lines."""
    texts = {script.LISTS[4]: "\n".join(ipv4), script.LISTS[6]: "\n".join(ipv6)}
    script.fetch = texts.__getitem__


def test_load_balancer_and_controller_know_the_same_networks() -> None:
    assert CONTROLLER["service"]["loadBalancerSourceRanges"] == IPV4
    assert CONTROLLER["config"]["forwarded-for-header"] == "CF-Connecting-IP"
    assert "173.245.48.0/20" in IPV4
    assert "2400:cb00::/32" in IPV6


def test_networks_stand_nowhere_else() -> None:
    suffixes = {".yaml", ".yml", ".tf", ".tfvars", ".conf", ".py", ".tpl"}
    folders = ("docker", "foundation", "helm", "k8s", "site", "terraform")
    naming = [
        path
        for folder in folders
        for path in (CHECKOUT / folder).rglob("*")
        if path.suffix in suffixes and IPV4[0] in path.read_text()
    ]

    assert naming == [FILE]


def test_script_writes_the_file_as_it_is(script) -> None:
    answers(script, IPV4, IPV6)

    script.main()

    assert script.FILE.read_text() == FILE.read_text()


def test_new_network_is_everywhere(script) -> None:
    answers(script, [*IPV4, "8.8.8.0/24"], IPV6)

    script.main()

    controller = yaml.safe_load(script.FILE.read_text())["controller"]
    assert "8.8.8.0/24" in controller["config"]["proxy-real-ip-cidr"].split(",")
    assert "8.8.8.0/24" in controller["service"]["loadBalancerSourceRanges"]


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "says"),
    [
        ([], IPV6, "ips-v4: 0 networks are too few."),
        (IPV4, [], "ips-v6: 0 networks are too few."),
        (IPV4[:7], IPV6, "ips-v4: 7 networks are too few."),
        ([IPV4[0]] * 15, IPV6, "ips-v4: 1 networks are too few."),
        (["<!doctype html>", *IPV4], IPV6, "'<!doctype html>' does not appear to be"),
        ([*IPV4, "0.0.0.0/0"], IPV6, "0.0.0.0/0 can't be a network of Cloudflare's."),
        ([*IPV4, "10.0.0.0/16"], IPV6, "10.0.0.0/16 can't be a network"),
        ([*IPV4, "104.16.0.1/13"], IPV6, "has host bits set"),
        (IPV6, IPV4, "ips-v4: 2400:cb00::/32 can't be a network"),
        (IPV4, [*IPV6, "2000::/3"], "ips-v6: 2000::/3 can't be a network"),
    ],
)
def test_odd_answer_is_refused_and_nothing_is_written(script, ipv4, ipv6, says) -> None:
    answers(script, ipv4, ipv6)

    with pytest.raises(SystemExit, match=says.replace("(", r"\(")):
        script.main()

    assert not script.FILE.exists()


def test_cloudflare_that_does_not_answer_changes_nothing(script) -> None:
    def fetch(url: str) -> str:
        raise TimeoutError("timed out")

    script.fetch = fetch

    with pytest.raises(SystemExit, match="ips-v4: timed out"):
        script.main()

    assert not script.FILE.exists()
