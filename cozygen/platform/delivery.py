"""Where Flux finds the rendered tree, and how tenants map to Flux objects."""

from __future__ import annotations

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio import Map, key_place

NAMESPACE = "cozy-fluxcd"
GIT = "GitRepository"
OCI = "OCIRepository"


class Delivery(Record):
    """``path`` is the site's directory in the repository, without slashes at its ends; empty is the root.

    ``kind`` is GitRepository or OCIRepository. An artifact has a ``tag`` instead of a branch, and no path.
    """

    stated: bool
    kind: str
    url: str
    branch: str
    tag: str
    insecure: bool
    path: str
    secret: str | None
    interval: str
    mode: str
    groups: int | None
    sources: int | None
    decryption_secret: str | None
    place: Place

    @property
    def prefix(self) -> str:
        """What stands before a path of the tree in the repository."""
        return f"{self.path}/" if self.path else ""


def link_delivery(site: Map, fallback: Place) -> Delivery:
    """The Platform's delivery section with its defaults."""
    section = site.get("delivery") or Map()
    artifact = "oci" in section and "git" not in section
    git = section.get("oci" if artifact else "git") or Map()
    layout = section.get("layout") or Map()
    decryption = section.get("decryption") or Map()
    return Delivery(
        "git" in section or artifact,
        OCI if artifact else GIT,
        git.get("url", "https://git.example.org/platform/fleet.git"),
        git.get("branch", "main"),
        git.get("tag", "latest"),
        git.get("insecure", False),
        "/".join(part for part in git.get("path", "").split("/") if part not in ("", ".")),
        (git.get("secretRef") or None),
        git.get("interval", "1m0s"),
        layout.get("mode", "auto"),
        layout.get("groups"),
        layout.get("sources"),
        decryption.get("secretRef"),
        key_place(site, "delivery") or fallback,
    )
