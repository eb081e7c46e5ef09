"""How to undo a drift in the cluster, and where in the spec the same would be said."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from cozygen.diagnostics import Place
from cozygen.platform.delivery import NAMESPACE
from cozygen.platform.model import Platform
from cozygen.platform.tenant import App, Tenant
from cozygen.record import Record
from cozygen.review.attribution import GROUP, kustomization_of, tenant_of_release
from cozygen.review.drift import Difference, Drift, State, Verdict
from cozygen.review.fields import ABSENT, Path, dotted, lookup, shown
from cozygen.review.frozen import without_defaults
from cozygen.review.live import applied_by
from cozygen.review.objects import Object, Ref, labels_of
from cozygen.yamlio import key_place

_TENANT_KEYS = {"resourceQuotas": "quota", "host": "host", "schedulingClass": "schedulingClass"}


class Remedy(Record):
    """``back`` is a command that undoes what was changed, ``tidy`` one that removes frozen defaults.

    ``adopt`` says what to write where to keep the change, ``place`` is that place in the spec.
    """

    back: str
    tidy: str
    adopt: str
    place: Place


def remedy(item: Drift, platform: Platform) -> Remedy:
    """Both ways out of a drift."""
    return Remedy(_back(item), _removal(item, item.of(Verdict.FROZEN)), *_adopt(item, platform))


def place_of(item: Drift, difference: Difference, platform: Platform) -> Place:
    """Where the spec says, or would say, what a field is."""
    holder = _holder(item, platform)
    return holder.at(difference.path) if holder is not None else platform.site.place


def spec_path(item: Drift, difference: Difference, platform: Platform) -> str:
    """The field as the spec calls it, else as the object does."""
    holder = _holder(item, platform)
    path = difference.path
    if holder is None or path[:2] != ("spec", "values"):
        return dotted(path)
    return holder.names(path[2:])


class _Holder(Record):
    """What in the spec an object comes from."""

    tenant: Tenant
    app: App | None

    def at(self, path: Path) -> Place:
        """The place of a field of the object."""
        inside = path[2:] if path[:2] == ("spec", "values") else ()
        if self.app is not None:
            return self.app.at(*inside)
        return self.tenant.at(*_tenant_path(inside))

    def names(self, path: Path) -> str:
        """A chart value as the spec calls it, from the tenant's own document on."""
        if self.app is None:
            return dotted(_tenant_path(path))
        return dotted((*_section(self.app), *path))


def _section(app: App) -> Path:
    if app.section == "apps":
        return ("apps", app.kind, app.name)
    return (app.section, app.name)


def _tenant_path(path: Path) -> Path:
    """A value of the tenant's chart as the spec has it: a setting of its own, or a module."""
    if not path:
        return ()
    key = _TENANT_KEYS.get(str(path[0]))
    return ("services", *path) if key is None else (key, *path[1:])


def _holder(item: Drift, platform: Platform) -> _Holder | None:
    of = item.wanted or item.found
    assert of is not None
    own = tenant_of_release(of.ref, of.body)
    tenant = platform.tenants.get(own if own is not None else item.owner.tenant)
    if tenant is None or of.ref.kind != "HelmRelease":
        return None
    if own is not None:
        return _Holder(tenant, None)
    services = [service.app for service in tenant.services.values()]
    app = next((app for app in (*tenant.apps, *services) if app.release == of.ref.name), None)
    return _Holder(tenant, app) if app is not None else None


def _back(item: Drift) -> str:
    if item.undo:
        return item.undo
    ref = item.ref
    scope = f" --namespace {ref.namespace}" if ref.namespace else ""
    if item.state is State.EXTRA:
        return f"kubectl{scope} delete {_kind(ref)} {ref.name}"
    commands = [_removal(item, item.of(Verdict.ADDED))]
    if item.state is State.MISSING or item.of(Verdict.CHANGED, Verdict.REMOVED):
        name = applied_by(item.found.body) if item.found is not None else None
        if (
            name is None and item.wanted is not None
        ):  # an edit through Cozystack's API takes Flux's labels off
            name = kustomization_of(item.wanted.place.file)
        which = name or "--all"
        commands.append(
            f"kubectl --namespace {NAMESPACE} annotate kustomization {which} --overwrite "
            'reconcile.fluxcd.io/requestedAt="$(date +%s)"'
        )
    return " && ".join(command for command in commands if command)


def _removal(item: Drift, added: tuple[Difference, ...]) -> str:
    """The command that takes fields out which Flux leaves alone, since Git does not state them."""
    if not added or item.undo:
        return ""
    operations = [{"op": "remove", "path": _pointer(path)} for path in _outermost(item, added)]
    patch = shlex.quote(json.dumps(operations, separators=(",", ":")))
    ref = item.ref
    scope = f" --namespace {ref.namespace}" if ref.namespace else ""
    return f"kubectl{scope} patch {_kind(ref)} {ref.name} --type=json --patch {patch}"


def _kind(ref: Ref) -> str:
    return f"{ref.kind.lower()}.{ref.group}" if ref.group else ref.kind.lower()


def _outermost(item: Drift, added: tuple[Difference, ...]) -> list[Path]:
    """The fields to remove: a mapping that holds nothing but these goes as a whole."""
    wanted = item.wanted.body if item.wanted is not None else {}
    staying = [other.path for other in item.differences if other not in added]
    paths: dict[Path, None] = {}
    for difference in added:
        path = difference.path
        for length in range(1, len(path)):
            outer = path[:length]
            if lookup(wanted, outer) is ABSENT and not any(other[:length] == outer for other in staying):
                path = outer
                break
        paths[path] = None
    return list(paths)


def _pointer(path: Path) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _adopt(item: Drift, platform: Platform) -> tuple[str, Place]:
    if item.state is State.EXTRA and item.found is not None:
        return _new_application(item.found, platform)
    holder = _holder(item, platform)
    place = holder.at(()) if holder is not None else platform.site.place
    if item.state is State.MISSING:
        return "remove it from the spec", place
    if holder is None:
        return "change in the spec what it is made from", place
    lines: list[str] = []
    for difference in item.of(Verdict.CHANGED, Verdict.ADDED, Verdict.REMOVED):
        if difference.path[:2] != ("spec", "values"):
            continue
        name = holder.names(difference.path[2:])
        if not lines:
            place = holder.at(difference.path)
        if difference.verdict is Verdict.REMOVED:
            lines.append(f"remove {name}")
        else:
            lines.append(f"{name}: {shown(difference.found, 200)}")
    if not lines:
        return "nothing has to be written", place
    return f"write in the tenant {holder.tenant.path}: {'; '.join(lines)}", place


def _new_application(found: Object, platform: Platform) -> tuple[str, Place]:
    """What to write so that an application that somebody made becomes the spec's."""
    labels = labels_of(found.body)
    kind, name = labels.get(f"{GROUP}/application.kind"), labels.get(f"{GROUP}/application.name")
    tenant = next((t for t in platform.tenants.values() if t.namespace == found.ref.namespace), None)
    application = platform.site.applications.get(str(kind))
    if tenant is None or application is None or not isinstance(name, str):
        return "nothing in the spec makes such an object", platform.site.place
    spec = found.body.get("spec")
    values = spec.get("values") if isinstance(spec, Mapping) else None
    short = without_defaults(values or {}, application.schema)
    if kind == "Tenant":
        path = name if tenant.is_root else f"{tenant.path}/{name}"
        return f"add the Tenant {path} with what its chart was given: {_flow(short)}", tenant.place
    place = key_place(tenant.body, "apps") or tenant.place
    return f"write in the tenant {tenant.path}: {_flow({'apps': {str(kind): {name: short}}})}", place


def _flow(value: Any) -> str:
    """A value on one line, as YAML takes it."""
    return json.dumps(value, ensure_ascii=False)
