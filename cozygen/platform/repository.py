"""A tenant's own repository: what its people deliver into their namespace themselves."""

from __future__ import annotations

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio import Map, key_place


class Repository(Record):
    """Where Flux finds what a tenant's people want, and the Secret that opens it."""

    url: str
    branch: str
    path: str
    secret: str | None
    interval: str
    place: Place


def link_repository(body: Map, fallback: Place) -> Repository | None:
    """The tenant's repository, None where it has none."""
    section = body.get("repository")
    if not isinstance(section, Map):
        return None
    path = "/".join(part for part in section.get("path", "").split("/") if part not in ("", "."))
    return Repository(
        section["url"],
        section.get("branch", "main"),
        path,
        section.get("secretRef"),
        section.get("interval", "1m0s"),
        key_place(body, "repository") or fallback,
    )
