"""How certificates are made: solver, issuer, wildcard (facts: platform 3.3 D1 to D3, G2, G3; 4.1)."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.packages_view import View
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.schema import did_you_mean

DNS01_INCOMPLETE = Code(
    "CZ3150",
    Severity.ERROR,
    "the solver dns01 lacks what its provider needs",
    "The release of the certificate issuers fails to install, so no certificate of the platform or of a "
    "tenant is issued.",
    "Add what the message names, or choose another provider.",
)
GATEWAY_ISSUER = Code(
    "CZ3151",
    Severity.ERROR,
    "an issuer or solver that a Gateway cannot use",
    "A tenant's Gateway asks Let's Encrypt itself and knows its two addresses only. With another issuer or "
    "solver the release of every Gateway fails to install.",
    "Use letsencrypt-prod or letsencrypt-stage, or bring your own certificate with wildcardSecretName.",
)
WILDCARD_IGNORED = Code(
    "CZ3152",
    Severity.WARNING,
    "a wildcard certificate that is never issued",
    "The platform issues one only with the solver dns01, without Gateway API and without a certificate of "
    "your own. Otherwise each service gets its own certificate, and counts against the limits of Let's "
    "Encrypt.",
    "Remove certificates.wildcard, or what stands against it.",
)
UNKNOWN_ISSUER = Code(
    "CZ3153",
    Severity.WARNING,
    "an issuer that Cozystack does not bring",
    "Certificates that name a ClusterIssuer which does not exist are never issued.",
    "Use letsencrypt-prod, letsencrypt-stage or selfsigned-cluster-issuer, or make the ClusterIssuer "
    "yourself.",
)
_LETS_ENCRYPT = ("letsencrypt-prod", "letsencrypt-stage")
_SHIPPED = (*_LETS_ENCRYPT, "selfsigned-cluster-issuer")
_PROVIDERS = ("cloudflare", "digitalocean", "rfc2136", "route53")
_NEEDED = {"route53": "region", "rfc2136": "nameserver"}
_BLOCK = ("publishing", "certificates")
_PATH = "publishing.certificates"


def dns01(view: View) -> Iterator[Diagnostic]:
    """What the solver dns01 needs from its provider's block."""
    if view.text(f"{_PATH}.solver") != "dns01":
        return
    provider = view.text(f"{_PATH}.dns01.provider") or "cloudflare"
    needed = _NEEDED.get(provider)
    if provider not in _PROVIDERS:
        yield DNS01_INCOMPLETE.at(
            view.exactly(*_BLOCK, "dns01", "provider"),
            f"{provider} is no provider that dns01 can use",
            hint=did_you_mean(provider, _PROVIDERS),
            values={"found": provider, "allowed": list(_PROVIDERS)},
        )
    elif needed is not None and not view.text(f"{_PATH}.dns01.{provider}.{needed}"):
        yield DNS01_INCOMPLETE.at(
            view.at(*_BLOCK, "dns01", provider, needed),
            f"dns01 with {provider} needs {_PATH}.dns01.{provider}.{needed}",
            hint=f"add {needed} under dns01.{provider}",
            values={"provider": provider, "missing": needed},
        )


def gateway_issuer(view: View) -> Iterator[Diagnostic]:
    """Solver and issuer where Gateway API is on for the platform; see also :func:`gateway_issuer_of`."""
    if view.on("gateway.enabled"):
        yield from gateway_issuer_of(view)


def gateway_issuer_of(view: View) -> Iterator[Diagnostic]:
    """Solver and issuer as any tenant's Gateway needs them, whether or not the platform uses one."""
    if view.text(f"{_PATH}.wildcardSecretName"):
        return
    solver = view.text(f"{_PATH}.solver") or "http01"
    issuer = view.text(f"{_PATH}.issuerName") or _LETS_ENCRYPT[0]
    if solver not in ("http01", "dns01"):
        text = f"a Gateway cannot use the solver {solver}"
        yield GATEWAY_ISSUER.at(view.exactly(*_BLOCK, "solver"), text, hint="write http01 or dns01")
    if issuer not in _LETS_ENCRYPT:
        text = f"a Gateway cannot use the issuer {issuer}"
        hint = f"write {' or '.join(_LETS_ENCRYPT)}"
        yield GATEWAY_ISSUER.at(
            view.exactly(*_BLOCK, "issuerName"), text, hint=hint, values={"found": issuer}
        )


def unknown_issuer(view: View) -> Iterator[Diagnostic]:
    """An issuer that has to be made by hand."""
    issuer = view.text(f"{_PATH}.issuerName")
    if issuer and issuer not in _SHIPPED and not view.on("gateway.enabled"):
        yield UNKNOWN_ISSUER.at(
            view.exactly(*_BLOCK, "issuerName"),
            f"Cozystack brings no ClusterIssuer {issuer}",
            hint=did_you_mean(issuer, _SHIPPED),
            values={"found": issuer, "known": list(_SHIPPED)},
        )


def wildcard(view: View) -> Iterator[Diagnostic]:
    """A wildcard certificate that is asked for and never issued."""
    if not view.on(f"{_PATH}.wildcard"):
        return
    against = []
    solver = view.text(f"{_PATH}.solver")
    if solver != "dns01":
        against.append(f"the solver is {solver or 'not set'}, and only dns01 can prove a wildcard")
    if view.on("gateway.enabled"):
        against.append("gateway.enabled is on, where each Gateway has its own")
    if view.text(f"{_PATH}.wildcardSecretName"):
        against.append("wildcardSecretName brings one already")
    if against:
        text = f"no wildcard certificate is issued: {'; '.join(against)}"
        hint = "remove wildcard, or what stands against it"
        yield WILDCARD_IGNORED.at(
            view.exactly(*_BLOCK, "wildcard"), text, hint=hint, values={"against": against}
        )
