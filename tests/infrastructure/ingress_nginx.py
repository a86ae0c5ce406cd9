"""The configuration that ingress-nginx makes of our Ingresses and of its own settings, for a plain nginx.

As in the controller's ``nginx.tmpl`` and ``annotations/ratelimit`` (1.15). ``add_header … always`` with
the shop's own header hidden stands for its ``more_set_headers``; HSTS, which it adds in Lua, likewise.
An annotation or setting that is not known here is an error, so that none goes untested.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infrastructure.manifests import Manifest

PREFIX = "nginx.ingress.kubernetes.io/"
KNOWN_ANNOTATIONS = {
    "force-ssl-redirect",
    "limit-burst-multiplier",
    "limit-connections",
    "limit-rps",
    "proxy-body-size",
    "proxy-connect-timeout",
    "proxy-read-timeout",
    "proxy-request-buffering",
}
KNOWN_SETTINGS = {
    "disable-access-log",
    "enable-real-ip",
    "forwarded-for-header",
    "hsts",
    "hsts-include-subdomains",
    "hsts-max-age",
    "hsts-preload",
    "limit-conn-status-code",
    "limit-req-status-code",
    "proxy-real-ip-cidr",
    "server-tokens",
    "ssl-protocols",
}

HTTP = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {access_log};
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server_tokens {server_tokens};
    real_ip_header {real_ip_header};
    real_ip_recursive on;
    {trusted}
    limit_req_status {limit_req_status};
    limit_conn_status {limit_conn_status};
    {zones}
    server {{
        listen 127.0.0.1:{plain};
        server_name {host};
        {headers}
        location / {{ return 308 https://$host$request_uri; }}
    }}
    server {{
        listen 127.0.0.1:{tls} ssl;
        server_name {host};
        ssl_certificate {folder}/tls.crt;
        ssl_certificate_key {folder}/tls.key;
        ssl_protocols {ssl_protocols};
        {headers}
        add_header Strict-Transport-Security "{hsts}" always;
        proxy_hide_header Strict-Transport-Security;
        {locations}
    }}
}}
"""
LOCATION = """
        location {path} {{
            limit_conn {zone}_conn {connections};
            limit_req zone={zone}_rps burst={burst} nodelay;
            client_max_body_size {body};
            proxy_request_buffering {buffering};
            proxy_connect_timeout {connect}s;
            proxy_read_timeout {read}s;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass http://127.0.0.1:{upstream};
        }}
"""


@dataclass(frozen=True)
class Ports:
    plain: int
    tls: int
    upstream: int


def annotations(ingress: Manifest) -> dict[str, str]:
    found = {
        name.removeprefix(PREFIX): value
        for name, value in ingress["metadata"]["annotations"].items()
        if name.startswith(PREFIX)
    }
    found.setdefault("proxy-request-buffering", "on")
    assert set(found) == KNOWN_ANNOTATIONS
    return found


def settings(values: dict[str, Any]) -> dict[str, str]:
    found = values["controller"]["config"]
    assert set(found) == KNOWN_SETTINGS
    return found


def hsts(config: dict[str, str]) -> str:
    parts = [f"max-age={config['hsts-max-age']}"]
    if config["hsts-include-subdomains"] == "true":
        parts.append("includeSubDomains")
    if config["hsts-preload"] == "true":
        parts.append("preload")
    return "; ".join(parts)


def zones(ingress: Manifest) -> str:
    name = ingress["metadata"]["name"].replace("-", "_")
    rate = annotations(ingress)["limit-rps"]
    return (
        f"limit_conn_zone $binary_remote_addr zone={name}_conn:5m;\n"
        f"    limit_req_zone $binary_remote_addr zone={name}_rps:5m rate={rate}r/s;"
    )


def locations(ingress: Manifest, upstream: int) -> str:
    """A ``Prefix`` path matches whole segments: the path itself, and all below it."""
    limits = annotations(ingress)
    found = ""
    for path in ingress["spec"]["rules"][0]["http"]["paths"]:
        assert path["pathType"] == "Prefix"
        prefix = path["path"].rstrip("/")
        for match in [f"{prefix}/", *([f"= {prefix}"] if prefix else [])]:
            found += LOCATION.format(
                path=match,
                zone=ingress["metadata"]["name"].replace("-", "_"),
                connections=limits["limit-connections"],
                burst=int(limits["limit-rps"]) * int(limits["limit-burst-multiplier"]),
                body=limits["proxy-body-size"],
                buffering=limits["proxy-request-buffering"],
                connect=limits["proxy-connect-timeout"],
                read=limits["proxy-read-timeout"],
                upstream=upstream,
            )
    return found


def configuration(
    folder: Path,
    ports: Ports,
    ingresses: list[Manifest],
    values: dict[str, Any],
    also_trusted: str,
) -> str:
    """``nginx.conf``. ``also_trusted`` is an address that is believed as Cloudflare's are."""
    config = settings(values)
    (host,) = {each["spec"]["rules"][0]["host"] for each in ingresses}
    for each in ingresses:
        assert annotations(each)["force-ssl-redirect"] == "true"
    trusted = [*config["proxy-real-ip-cidr"].split(","), also_trusted]
    return HTTP.format(
        folder=folder,
        host=host,
        plain=ports.plain,
        tls=ports.tls,
        access_log="off"
        if config["disable-access-log"] == "true"
        else folder / "access.log",
        server_tokens="on" if config["server-tokens"] == "true" else "off",
        real_ip_header=config["forwarded-for-header"],
        trusted="\n    ".join(f"set_real_ip_from {each};" for each in trusted),
        limit_req_status=config["limit-req-status-code"],
        limit_conn_status=config["limit-conn-status-code"],
        ssl_protocols=config["ssl-protocols"],
        hsts=hsts(config),
        headers="\n        ".join(
            f'proxy_hide_header {name}; add_header {name} "{value}" always;'
            for name, value in values["controller"]["addHeaders"].items()
        ),
        zones="\n    ".join(map(zones, ingresses)),
        locations="".join(locations(each, ports.upstream) for each in ingresses),
    )
