"""The tenant tree: entries by path to resolved tenants."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from cozygen.diagnostics import Diagnostic, Place
from cozygen.platform import codes
from cozygen.platform.link_apps import Kinds, link_apps
from cozygen.platform.model import Site
from cozygen.platform.names import ROOT, ROOT_NAMESPACE, host_of, namespace_of, parent_path
from cozygen.platform.repository import link_repository
from cozygen.platform.tenant import POINTERS, Member, Plan, Pointers, Secret, Service, Tenant
from cozygen.record import Record
from cozygen.schema import did_you_mean
from cozygen.spec.model import Entry
from cozygen.spec.read import reference
from cozygen.spec.shapes.tenant import LEVELS
from cozygen.yamlio import Map, Seq, key_place, value_place

_SEGMENT = re.compile(r"[a-z][a-z0-9]*").fullmatch
_EMPTY = Map()


class Above(Record):
    """What a family hangs below: the site, and root once that is linked.

    ``known`` are names of tenants elsewhere, for suggestions; ``broken`` those that the spec speaks of, but
    not in a way that can be read.
    """

    site: Site
    kinds: Kinds
    root: Tenant | None = None
    known: Collection[str] = ()
    broken: Collection[str] = ()


def link_tenants(entries: Mapping[str, Entry], above: Above) -> tuple[dict[str, Tenant], list[Diagnostic]]:
    """Tenants by path, parents before children; without a root above them root is the first.

    A tenant whose parent is missing hangs below the nearest ancestor that exists, so that the rest of it is
    still checked.
    """
    problems: list[Diagnostic] = []
    host, kinds, root = above.site.host, above.kinds, above.root
    if root is None:
        stated = entries.get(ROOT) or Entry("Tenant", ROOT, Map(), Map(), above.site.place)
        root = _tenant(stated, None, host, kinds, problems)
    tenants = {ROOT: root}
    for path, entry in entries.items():
        if path == ROOT:
            continue
        problems.extend(_name_problems(path, entry))
        parent = parent_path(path) or ROOT
        if parent not in tenants:
            seen = parent in entries or parent in above.broken
            if not seen and not (parent == ROOT or path.startswith(f"{ROOT}/")):
                problems.append(_no_parent(path, parent, entry, [*tenants, *above.known]))
            while parent not in tenants:
                parent = parent_path(parent) or ROOT
        tenants[path] = _tenant(entry, tenants[parent], host, kinds, problems)
    if above.root is not None:
        del tenants[ROOT]
    return tenants, problems


def _name_problems(path: str, entry: Entry) -> list[Diagnostic]:
    name = path.rpartition("/")[2]
    if path.split("/")[0] == ROOT:
        rest = path.partition("/")[2]
        return [
            codes.ROOT_AGAIN.at(
                entry.place,
                f"{path}: the root tenant is at the top and is not written in a path",
                hint=f"write {rest}" if rest and rest != ROOT else "choose another name",
                values={"path": path},
            )
        ]
    if path.startswith("/"):
        name = path
    if _SEGMENT(name):
        return []
    better = re.sub(r"[^a-z0-9]", "", name.lower()).lstrip("0123456789")
    return [
        codes.TENANT_NAME.at(
            entry.place,
            f"{name!r} is no tenant name: lower-case letters and digits, beginning with a letter",
            hint=f"write {better}" if better else "choose a name such as acme",
            values={"name": name, "path": path},
        )
    ]


def _no_parent(path: str, above: str, entry: Entry, known: Collection[str]) -> Diagnostic:
    return codes.NO_PARENT.at(
        entry.place,
        f"the tenant {path} has no parent: there is no tenant {above}",
        hint=did_you_mean(above, known, limit=0) or f"add a Tenant {above}, or correct the path",
        values={"path": path, "parent": above},
    )


def _tenant(
    entry: Entry, parent: Tenant | None, root_host: str, kinds: Kinds, problems: list[Diagnostic]
) -> Tenant:
    body = entry.body
    namespace = namespace_of(entry.name)
    name = entry.name.rpartition("/")[2]
    apps, services = link_apps(entry, namespace, kinds, problems)
    own_class = body.get("schedulingClass") or ""
    if parent is None:
        host, scheduling = root_host, ""
    else:
        host, scheduling = (
            host_of(body.get("host") or "", name, parent.host),
            parent.scheduling_class or own_class,
        )
    return Tenant(
        path=entry.name,
        name=name,
        parent=parent,
        namespace=namespace,
        release_namespace=ROOT_NAMESPACE if parent is None else parent.namespace,
        host=host,
        pointers=_pointers(namespace, parent, services),
        scheduling_class=scheduling,
        given=_chart_values(body, services),
        body=body,
        place=entry.place,
        services=services,
        apps=apps,
        members=_members(body),
        plans=_plans(body, entry.place),
        secrets=_secrets(body, entry.place),
        repository=link_repository(body, entry.place),
        labels=entry.metadata.get("labels") or {},
        annotations=entry.metadata.get("annotations") or {},
    )


def _pointers(namespace: str, parent: Tenant | None, services: Mapping[str, Service]) -> Pointers:
    """Own module if it runs, else the parent's; root's four point at itself whatever it runs."""

    def own(name: str) -> bool:
        return name in services and services[name].enabled

    if parent is None:
        fixed = dict.fromkeys(POINTERS, namespace)
        return Pointers(**fixed, gateway=namespace if own("gateway") else "")
    if not services:
        return parent.pointers
    return Pointers(
        **{
            name: namespace if own(name) else getattr(parent.pointers, name)
            for name in (*POINTERS, "gateway")
        }
    )


def _chart_values(body: Map, services: Mapping[str, Service]) -> Map:
    """The tenant chart's values, with the places that the spec has for them."""
    out = Map(body.origin)
    for key, chart_key in (
        ("host", "host"),
        ("schedulingClass", "schedulingClass"),
        ("quota", "resourceQuotas"),
    ):
        if key in body:
            out.put(chart_key, body[key], body, key)
    section = body.get("services")
    for name, service in services.items():
        if isinstance(section, Map) and name in section:
            out.put(name, service.enabled, section, name)
        else:
            out[name] = service.enabled
    return out


def _members(body: Map) -> tuple[Member, ...]:
    section: Map = body.get("members") or _EMPTY
    out = []
    for level in LEVELS:
        listed = section.get(level)
        if not isinstance(listed, Seq):
            continue
        for index, item in enumerate(listed):
            group = isinstance(item, Map) and "group" in item
            name = item if isinstance(item, str) else item["group" if group else "user"]
            place = value_place(listed, index) or key_place(section, level)
            if place is not None:
                out.append(Member(name, level, group, place))
    return tuple(out)


def _plans(body: Map, fallback: Place) -> tuple[Plan, ...]:
    section: Map = body.get("backups") or _EMPTY
    out = []
    for name, plan in sorted(section.items()):
        kind, _, app = plan["app"].partition("/")
        place = key_place(section, name) or fallback
        out.append(Plan(name, kind, app, plan.get("class", "cozy-default"), plan["schedule"], place, plan))
    return tuple(out)


def _secrets(body: Map, fallback: Place) -> dict[str, Secret]:
    section: Map = body.get("secrets") or _EMPTY
    out: dict[str, Secret] = {}
    for name, stated in sorted(section.items()):
        file: Any = stated.get("file")
        place = key_place(section, name) or fallback
        where = value_place(stated, "file") if file is not None else None
        out[name] = Secret(
            name, reference(where, file) if where is not None and file is not None else None, place
        )
    return out
