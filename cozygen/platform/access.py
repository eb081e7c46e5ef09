"""Accounts: who may do what, gathered from members everywhere."""

from __future__ import annotations

from collections.abc import Mapping

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio import Map, Seq, key_place, value_place


class Access(Record):
    """Platform administrators, and details of accounts by user name."""

    admins: tuple[tuple[str, Place], ...]
    users: Mapping[str, Map]
    places: Mapping[str, Place]


def link_access(site: Map, fallback: Place) -> Access:
    """The Platform's access section."""
    section = site.get("access") or Map()
    admins = section.get("admins")
    users: Map = section.get("users") or Map()
    named = (
        tuple((str(n), value_place(admins, i) or fallback) for i, n in enumerate(admins))
        if isinstance(admins, Seq)
        else ()
    )
    return Access(
        named, dict(sorted(users.items())), {name: key_place(users, name) or fallback for name in users}
    )
