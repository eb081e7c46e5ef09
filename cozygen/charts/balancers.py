"""HTTPCache, TCPBalancer and VPN: proxies in plain Deployments."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.names import LABEL, SERVICE, Derived, too_long
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get


def _http_cache(release: Release) -> Iterator[Fault]:
    replicas = get(release.values, "nginx.replicas")
    if not isinstance(replicas, int) or replicas < 1:
        return
    last = f"{release.release}-nginx-cache-{replicas - 1}"
    if len(last) > SERVICE.most:
        yield too_long(release, last, SERVICE)


HTTP_CACHE = Rules(
    check=_http_cache,
    names=(Derived("{release}-nginx-cache", LABEL, when="nginx.replicas"),),
    texts=(Text("storageClass", needs=Needs.TEXT), Text("endpoints.#", Shape.BLOCK, after=";")),
    nulls={"external": "", "haproxy": "", "nginx": "", "size": "nginx.replicas"},
    resources=(
        Resources("haproxy.resources", pods=True),
        Resources("nginx.resources", "nginx.replicas", pods=True),
    ),
    loops=("nginx.replicas",),
    hidden=("whitelistHTTP", "whitelist", "replicas"),
)
TCP_BALANCER = Rules(
    texts=(
        Text("httpAndHttps.endpoints.#", Shape.BLOCK, after=":80"),
        Text("whitelist.#", Shape.BLOCK, when="whitelistHTTP"),
    ),
    nulls={"resourcesPreset": "", "external": ""},
    resources=(Resources(pods=True),),
    hidden=("kubernetesAndTalos",),
)
VPN = Rules(
    texts=(
        Text("users.~", Shape.QUOTED_KEY),
        Text("users.~", Shape.BLOCK, after='"'),
        Text("users.*.password", Shape.BLOCK, before='"', after='",'),
        Text("host", Shape.QUOTED, before="ss://a@", after=":40000", when="users"),
    ),
    nulls={"resourcesPreset": "", "external": "!externalIPs"},
    resources=(Resources(pods=True),),
    secrets=("users.*.password",),
    hidden=("nameOverride", "fullnameOverride"),
)
