"""How the platform is reached: endpoint, exposed services, the ingress (facts: platform 3.4, 4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.checks.packages_view import View
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.packages_endpoint import NotAURLError, api_server, url_host
from cozygen.schema import did_you_mean

NO_ENDPOINT = Code(
    "CZ3140",
    Severity.ERROR,
    "isp-full-generic without an API endpoint",
    "Without KubePrism on the nodes Cilium has to be told where the API server is. With an empty host its "
    "agents never start, so no pod gets an address; the installer needs the same host.",
    "Set publishing.apiServerEndpoint to the API server as the nodes reach it, such as "
    "https://10.0.0.1:6443.",
)
BAD_ENDPOINT = Code(
    "CZ3141",
    Severity.ERROR,
    "an API endpoint that leads nowhere",
    "The endpoint stands in every generated kubeconfig, and on isp-full-generic its host and port go to "
    "Cilium, cut at the first colon. A text that is no URL breaks the platform chart there.",
    "Write https://host:port; on isp-full-generic a name or an IPv4 address.",
)
ODD_ENDPOINT = Code(
    "CZ3142",
    Severity.WARNING,
    "an unusual API endpoint",
    "API servers speak TLS and are addressed without a path. A kubeconfig with anything else in its server "
    "field works with few proxies, and with no API server directly.",
    "Write https://host:port.",
)
UNKNOWN_SERVICE = Code(
    "CZ3143",
    Severity.ERROR,
    "an unknown service to expose",
    "Names that no chart knows are ignored, so the service stays unpublished.",
    "Correct the name. Keycloak is published whenever OIDC is on, and needs no entry.",
)
GUI_UNPUBLISHED = Code(
    "CZ3144",
    Severity.ERROR,
    "linstor-gui is exposed and cannot be",
    "The storage interface has no sign-in of its own, so it is published only behind Keycloak, and only if "
    "its package is installed.",
    "Set authentication.oidc.enabled and add linstor-gui to packages.enable, or do not expose it.",
)
CLASS_IGNORED = Code(
    "CZ3145",
    Severity.WARNING,
    "a load balancer class that has no effect",
    "With externalIPs the ingress asks for no load balancer, so its class is ignored.",
    "Remove loadBalancerClass or externalIPs.",
)
NOT_A_TENANT = Code(
    "CZ3146",
    Severity.ERROR,
    "the platform is published through something that is no tenant",
    "ingressName is an ingress class and a namespace in one: that of a tenant which runs the ingress.",
    "Write the tenant's namespace, which begins with tenant-, as tenant-root.",
)
_GENERIC = "isp-full-generic"
_ENDPOINT = "publishing.apiServerEndpoint"


def api_endpoint(view: View) -> Iterator[Diagnostic]:
    """The URL of the API server, as far as something depends on it."""
    written = view.value(_ENDPOINT)
    place = view.exactly("publishing", "apiServerEndpoint")
    generic = view.value("bundles.system.variant") == _GENERIC and view.packages.has("networking")
    if not written:
        if generic:
            place = view.at("publishing", "apiServerEndpoint")
            hint = "write apiServerEndpoint: https://<address of a control plane node>:6443"
            yield NO_ENDPOINT.at(place, "isp-full-generic needs publishing.apiServerEndpoint", hint=hint)
        return
    if not isinstance(written, str):
        return
    problem = _problem(written, generic)
    if problem is not None:
        text = f'publishing.apiServerEndpoint "{written}": {problem}'
        yield BAD_ENDPOINT.at(place, text, hint="write https://host:port", values={"found": written})
    else:
        yield from _oddities(written, place)


def _problem(written: str, generic: bool) -> str | None:
    """What keeps an endpoint from working."""
    try:
        host = url_host(written)
    except NotAURLError as error:
        return str(error)
    if not host:
        return "it names no host; it has to begin with https://"
    if generic and host.startswith("["):
        cut, port = api_server(written)
        return f'Cilium would get the host "{cut}" and the port "{port}"; an IPv6 address cannot be used here'
    port = host.rpartition(":")[2] if ":" in host.rpartition("]")[2] else "6443"
    if not port or not 0 < int(port) < 65536:
        return f'"{port}" is no port'
    return None


def _oddities(written: str, place: Place) -> Iterator[Diagnostic]:
    parts = urlsplit(written)
    odd = []
    if parts.scheme != "https":
        odd.append(f"its scheme is {parts.scheme}" if parts.scheme else "it has no scheme")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        odd.append("it goes on after the host")
    if "@" in parts.netloc:
        odd.append("it holds a user")
    if odd:
        text = f'publishing.apiServerEndpoint "{written}": {" and ".join(odd)}'
        yield ODD_ENDPOINT.at(place, text, hint="write https://host:port", values={"found": written})


def exposed_services(view: View) -> Iterator[Diagnostic]:
    """Names in ``publishing.exposedServices`` that publish nothing."""
    publishing = view.release.platform["values"]["properties"]["publishing"]["properties"]
    known = publishing["exposedServices"]["items"]["enum"]
    for index, name in enumerate(view.items("publishing.exposedServices")):
        place = view.exactly("publishing", "exposedServices", index)
        if name not in known:
            hint = did_you_mean(str(name), known)
            yield UNKNOWN_SERVICE.at(
                place, f"no service {name} can be exposed", hint=hint, values={"found": name}
            )
        elif name == "linstor-gui" and not view.packages.oidc:
            text = "linstor-gui is exposed only together with authentication.oidc.enabled"
            related = [Related("OIDC is off here", view.at("authentication", "oidc", "enabled"))]
            written = view.written("authentication", "oidc", "enabled")
            yield GUI_UNPUBLISHED.at(place, text, hint="switch OIDC on", related=related if written else ())
        elif name == "linstor-gui" and not view.packages.has("linstor-gui"):
            hint = view.packages.how_to_enable("linstor-gui")
            yield GUI_UNPUBLISHED.at(place, "linstor-gui is exposed and not installed", hint=hint)


def ingress(view: View) -> Iterator[Diagnostic]:
    """Settings of the ingress that do not go together."""
    if view.text("publishing.loadBalancerClass") and view.items("publishing.externalIPs"):
        yield CLASS_IGNORED.at(
            view.exactly("publishing", "loadBalancerClass"),
            f"loadBalancerClass {view.text('publishing.loadBalancerClass')} has no effect beside externalIPs",
            hint="remove one of the two",
            related=[Related("the addresses", view.at("publishing", "externalIPs"))],
        )
    name = view.text("publishing.ingressName")
    if name and not name.startswith("tenant-"):
        text = f"publishing.ingressName {name} is no tenant's namespace"
        yield NOT_A_TENANT.at(
            view.exactly("publishing", "ingressName"), text, hint=f"did you mean tenant-{name}?"
        )
