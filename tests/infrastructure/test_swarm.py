"""docker-compose.prod.yml: what Docker Swarm must not hide from the shop."""

import yaml

from storefront.settings.env import ROOT


def test_nginx_sees_who_connects():
    """Through the routing mesh all visitors would have one address, and share one limit."""
    nginx = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text())["services"][
        "nginx"
    ]

    assert [port["mode"] for port in nginx["ports"]] == ["host"]
    assert nginx["deploy"]["mode"] == "global"
    assert nginx["deploy"]["update_config"]["order"] == "stop-first"
