"""What holds for all machines of the cluster: versions, endpoint, networks, mirrors, who may log in.

Whatever the Platform says already is taken from there; the inventory may repeat it, and a check holds the two
against each other (:mod:`cozygen.checks.talos_agreement`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cozygen.platform.machines.address import Address, parse_address
from cozygen.platform.machines.schematic import Schematic, schematic_of
from cozygen.platform.model import Site
from cozygen.platform.nodes import Hardware
from cozygen.record import Record
from cozygen.yamlio import Map

API_PORT = 6443
DEFAULT_POD_SUBNETS = ("100.65.0.0/16",)
"""Where Kubernetes cuts node ranges from: apart from podCIDR, which Kube-OVN hands out (Cozystack's own CI)."""
KUBERNETES = "v1.34.3"
"""The Kubernetes of Cozystack's own Talos presets."""
_TALOS = {"v1.4": "v1.13.0", "v1.5": "v1.13.0", "v1.6": "v1.13.6"}
"""The Talos that Cozystack's images hold, by Cozystack's minor version."""
_REALM = "cozy"
_DOCKER = {"docker.io": ("https://mirror.gcr.io",)}


class SharedAddress(Record):
    """An address that the control planes share, and the link that carries it, if one is named."""

    address: Address
    link: str | None
    path: tuple[str | int, ...]


class Endpoint(Record):
    """A place that images are taken from; ``override`` is Talos' overridePath."""

    url: str
    override: bool = False


class Mirror(Record):
    """What stands for a registry; ``ca`` in PEM and ``insecure`` are about its endpoints' certificates."""

    registry: str
    endpoints: tuple[Endpoint, ...]
    skip_fallback: bool = False
    ca: str | None = None
    insecure: bool = False


class Oidc(Record):
    """How the API server recognises people; ``ca`` and ``address`` only where the issuer's are not public."""

    issuer: str
    client: str
    username: str
    groups: str
    ca: str | None
    address: str | None

    @property
    def host(self) -> str:
        """The issuer's host name."""
        return urlsplit(self.issuer).hostname or ""


class Cluster(Record):
    """The cluster's settings with their defaults; ``body`` is what the inventory says under ``talos``."""

    name: str
    endpoint: str
    sans: tuple[str, ...]
    shared: tuple[SharedAddress, ...]
    contract: str
    talos: str
    kubernetes: str
    schematic: Schematic
    domain: str
    pods: tuple[str, ...]
    services: tuple[str, ...]
    mirrors: tuple[Mirror, ...]
    oidc: Oidc | None
    body: Map

    @property
    def host(self) -> str:
        """The host name or address of the endpoint."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def kubespan(self) -> bool:
        """Whether the nodes talk through WireGuard."""
        return section(self.body, "kubespan").get("enabled") is True

    @property
    def secure_boot(self) -> bool:
        """Whether machines start by Secure Boot."""
        return self.body.get("secureBoot") is True


def cluster_of(site: Site) -> Cluster:
    """The settings of a site's management cluster."""
    hardware = site.hardware
    body = hardware.talos
    talos = with_v(body.get("version", default_talos(site.release.version)))
    return Cluster(
        name=body.get("clusterName", site.name),
        endpoint=endpoint_of(hardware),
        sans=sans_of(site),
        shared=shared_addresses(hardware),
        contract=with_v(body.get("contract", minor(talos))),
        talos=talos,
        kubernetes=with_v(body.get("kubernetes", KUBERNETES)),
        schematic=schematic_of(body),
        domain=body.get("dnsDomain", platform_domain(site)),
        pods=tuple(body.get("podSubnets") or DEFAULT_POD_SUBNETS),
        services=tuple(body.get("serviceSubnets") or (platform_services(site),)),
        mirrors=mirrors_of(site),
        oidc=oidc_of(site),
        body=body,
    )


def section(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A mapping inside of a mapping, empty where there is none."""
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def with_v(version: str) -> str:
    """A version with its leading v."""
    return version if version.startswith("v") else f"v{version}"


def minor(version: str) -> str:
    """The first two numbers of a version: v1.13 of v1.13.6."""
    return ".".join(version.split(".")[:2])


def default_talos(cozystack: str) -> str:
    """The Talos that a Cozystack release ships."""
    return _TALOS.get(minor(cozystack), _TALOS["v1.6"])


def platform_domain(site: Site) -> str:
    """The DNS domain that the platform expects of the cluster."""
    return str(site.section("networking", "clusterDomain") or "cozy.local")


def platform_services(site: Site) -> str:
    """The services' network that the platform expects."""
    return str(site.section("networking", "serviceCIDR") or "10.96.0.0/16")


def endpoint_of(hardware: Hardware) -> str:
    """The URL of the API server: as stated, else the shared address, a DNS name, the first control plane."""
    stated = hardware.endpoint.get("url")
    if stated:
        return str(stated)
    names = hardware.endpoint.get("dnsNames") or ()
    planes = [node.address for node in hardware.control_planes if node.address is not None]
    host = str(hardware.vip) if hardware.vip is not None else names[0] if names else None
    if host is None:
        host = str(planes[0].ip) if planes else "localhost"
    return f"https://{f'[{host}]' if ':' in host else host}:{API_PORT}"


def shared_addresses(hardware: Hardware) -> tuple[SharedAddress, ...]:
    """The virtual addresses, that of the API server first."""
    found = []
    if hardware.vip is not None:
        found.append(SharedAddress(hardware.vip, hardware.endpoint.get("link"), ("endpoint", "vip")))
    for index, item in enumerate(hardware.endpoint.get("vips") or ()):
        address = parse_address(item.get("address"))
        if address is not None and all(known.address != address for known in found):
            found.append(SharedAddress(address, item.get("link"), ("endpoint", "vips", index, "address")))
    return tuple(found)


def sans_of(site: Site) -> tuple[str, ...]:
    """Names and addresses of the API server that Talos does not put into its certificate by itself."""
    endpoint = site.hardware.endpoint
    found = ["127.0.0.1", *(endpoint.get("dnsNames") or ()), *(endpoint.get("certSANs") or ())]
    found += [str(item.address) for item in shared_addresses(site.hardware)]
    public = urlsplit(str(site.section("publishing", "apiServerEndpoint") or "")).hostname
    if public:
        found.append(public)
    return tuple(dict.fromkeys(found))


def mirrors_of(site: Site) -> tuple[Mirror, ...]:
    """Mirrors by registry: the inventory's, the Platform's, and one for docker.io where neither has it."""
    stated = section(site.hardware.talos, "mirrors")
    platform = section(site.section("registries") or {}, "mirrors")
    found: dict[str, Mirror] = {}
    for registry, urls in _DOCKER.items():
        found[registry] = Mirror(registry, tuple(Endpoint(url) for url in urls))
    config = section(site.section("registries") or {}, "config")
    for registry, body in platform.items():
        endpoints = tuple(Endpoint(str(url)) for url in body.get("endpoints") or ())
        tls = (section(section(config, item.url), "tls") for item in endpoints)
        insecure = any(item.get("insecureSkipVerify") is True for item in tls)
        found[registry] = Mirror(registry, endpoints, insecure=insecure)
    for registry, body in stated.items():
        found[registry] = Mirror(
            registry,
            tuple(_endpoint(item) for item in body.get("endpoints") or ()),
            body.get("skipFallback") is True,
            body.get("ca"),
            body.get("insecureSkipVerify") is True,
        )
    return tuple(found[name] for name in sorted(found))


def _endpoint(item: Any) -> Endpoint:
    if isinstance(item, Mapping):
        return Endpoint(str(item.get("url")), item.get("overridePath") is True)
    return Endpoint(str(item))


def oidc_of(site: Site) -> Oidc | None:
    """How people log in: as the inventory says, else through the Platform's Keycloak, else not at all."""
    stated = section(site.hardware.talos, "oidc")
    if not site.packages.oidc and "issuer" not in stated:
        return None
    return Oidc(
        str(stated.get("issuer") or platform_issuer(site)),
        str(stated.get("clientID", "kubernetes")),
        str(stated.get("usernameClaim", "preferred_username")),
        str(stated.get("groupsClaim", "groups")),
        stated.get("ca"),
        stated.get("address"),
    )


def platform_issuer(site: Site) -> str:
    """The URL of the realm that the platform's Keycloak serves."""
    return f"https://keycloak.{site.host}/realms/{_REALM}"
