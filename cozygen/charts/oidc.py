"""Signing in with OpenID Connect: what Kubernetes and Monitoring ask for alike."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.release import Fault, Release
from cozygen.diagnostics import Code, Severity

PLATFORM_OIDC = Code(
    "CZ4150",
    Severity.ERROR,
    "OIDC through a platform that has none",
    "The mode System signs users in through the platform's Keycloak. The chart fails where the platform has OIDC "
    "switched off.",
    "Switch OIDC on in the platform, or use CustomConfig with an issuer of your own.",
)
CUSTOM_CONFIG = Code(
    "CZ4151",
    Severity.ERROR,
    "not exactly one OIDC configuration",
    "The mode CustomConfig takes the issuer's settings from the values or from a Secret. The chart fails on both "
    "and on neither.",
    "Give customConfig.config or customConfig.secretRef.name.",
)
OIDC_USER = Code(
    "CZ4152",
    Severity.ERROR,
    "a user who cannot sign in",
    "Users are created by their e-mail address, in plain ASCII; with settings from a Secret the chart cannot "
    "create any and refuses the list.",
    "Correct the address, or remove the list of users.",
)


def platform_faults(release: Release, api: str = "") -> Iterator[Fault]:
    """The mode System needs OIDC in the platform, and where ``api`` is given the Keycloak operator's API."""
    if release.cluster("oidc-enabled") != "true":
        yield Fault(
            PLATFORM_OIDC,
            ("oidc", "mode"),
            "oidc.mode is System, and the platform has OIDC switched off",
            "switch authentication.oidc on in the platform, or use CustomConfig",
        )
    elif api and api not in release.lookup.apis:
        yield Fault(
            PLATFORM_OIDC,
            ("oidc", "mode"),
            f"oidc.mode is System, and the cluster does not serve {api}, the API of the Keycloak operator",
            "install the package keycloak-operator, or use CustomConfig",
            {"api": api},
        )
