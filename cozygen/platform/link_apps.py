"""A tenant's apps, clusters and modules: entries to :class:`App` and :class:`Service`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.model import Application
from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.platform import codes
from cozygen.platform.secretrefs import take_out
from cozygen.platform.tenant import App, Service
from cozygen.record import Record
from cozygen.schema import did_you_mean
from cozygen.spec.model import Entry
from cozygen.yamlio import Map, key_place

_EMPTY = Map()


class Kinds(Record):
    """Which kinds a tenant may have: ``modules`` maps the tenant chart's flags to their applications."""

    applications: Mapping[str, Application]
    modules: Mapping[str, Application]

    @property
    def module_names(self) -> Mapping[str, str]:
        """The flag of every module kind."""
        return {application.kind: name for name, application in self.modules.items()}


def link_apps(
    entry: Entry, namespace: str, kinds: Kinds, problems: list[Diagnostic]
) -> tuple[tuple[App, ...], dict[str, Service]]:
    """The apps (clusters among them) sorted by kind and name, and the modules by name."""
    services = _services(entry, namespace, kinds)
    apps: list[App] = []
    sections: Map = entry.body.get("apps") or _EMPTY
    for kind, named in sections.items():
        place = key_place(sections, kind) or entry.place
        application = kinds.applications.get(kind)
        if application is None or not application.served:
            problems.append(_unknown_kind(kind, place, kinds))
            continue
        if kind == "Tenant":
            problems.append(
                codes.TENANT_AS_APP.at(
                    place,
                    f"a Tenant is not written under apps ({', '.join(named or _EMPTY) or 'it has no name'})",
                    hint=f"write tenants: {{{next(iter(named or _EMPTY), 'NAME')}: …}}",
                    values={"tenants": list(named or _EMPTY)},
                )
            )
            continue
        module = kinds.module_names.get(kind)
        for name, values in (named or _EMPTY).items():
            app = _app(application, name, namespace, values, key_place(named, name) or place)
            if module is None:
                apps.append(app)
            else:
                _module(app, module, services, problems)
    clusters: Map = entry.body.get("clusters") or _EMPTY
    if clusters:
        apps.extend(_clusters(entry, clusters, namespace, kinds, problems, apps))
    apps.sort(key=lambda app: (app.kind, app.name))
    return tuple(apps), services


def _app(
    application: Application,
    name: str,
    namespace: str,
    values: Map | None,
    place: Place,
    section: str = "apps",
) -> App:
    given = values if values is not None else Map()
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    if "_metadata" in given and section != "services":  # a module's release is the tenant chart's own
        metadata = given["_metadata"]
        given = given.copy()
        given.drop("_metadata")
        if isinstance(metadata, Mapping):
            labels = _texts(metadata.get("labels"))
            annotations = _texts(metadata.get("annotations"))
    _, secrets = take_out(given, place)
    return App(
        application, name, namespace, given, place, section, values is not None, labels, annotations, secrets
    )


def _texts(value: Any) -> Mapping[str, str]:
    return value if isinstance(value, Map) else {}


def _services(entry: Entry, namespace: str, kinds: Kinds) -> dict[str, Service]:
    section: Map = entry.body.get("services") or _EMPTY
    out = {}
    for name, stated in section.items():
        application = kinds.modules.get(name)
        if application is None:
            continue
        place = key_place(section, name) or entry.place
        values = stated if isinstance(stated, Map) else None
        out[name] = Service(
            name, stated is not False, _app(application, name, namespace, values, place, "services"), place
        )
    return dict(sorted(out.items()))


def _module(app: App, module: str, services: dict[str, Service], problems: list[Diagnostic]) -> None:
    if app.name != module:
        problems.append(
            codes.MODULE_NAME.at(
                app.place,
                f"{app.kind} is a module of the tenant and is always named {module}, not {app.name}",
                hint=f"write services: {{{module}: …}}",
                values={"name": app.name, "module": module},
            )
        )
    elif module in services:
        problems.append(
            codes.MODULE_TWICE.at(
                app.place,
                f"the module {module} is written under services and under apps",
                hint="keep the one under services",
                related=[Related("under services", services[module].place)],
                values={"module": module},
            )
        )
    else:
        services[module] = Service(module, True, app, app.place)


def _clusters(
    entry: Entry, clusters: Map, namespace: str, kinds: Kinds, problems: list[Diagnostic], apps: list[App]
) -> list[App]:
    application = kinds.applications.get("Kubernetes")
    if application is None:
        problems.append(_unknown_kind("Kubernetes", key_place(entry.body, "clusters") or entry.place, kinds))
        return []
    taken = {app.name: app for app in apps if app.kind == "Kubernetes"}
    out = []
    for name, values in clusters.items():
        place = key_place(clusters, name) or entry.place
        if name in taken:
            problems.append(
                codes.CLUSTER_TWICE.at(
                    place,
                    f"the cluster {name} is written under clusters and under apps.Kubernetes",
                    hint="keep one of them",
                    related=[Related("the app", taken[name].place)],
                    values={"cluster": name},
                )
            )
            continue
        out.append(
            _app(application, name, namespace, _with_group_defaults(values, application), place, "clusters")
        )
    return out


def _with_group_defaults(values: Map | None, application: Application) -> Map | None:
    """A cluster's values with what every node group must state filled in from the schema's defaults."""
    groups = values.get("nodeGroups") if values is not None else None
    if values is None or not isinstance(groups, Map) or not groups:
        return values
    entry = application.schema["properties"]["nodeGroups"]["additionalProperties"]
    defaults = {key: entry["properties"][key].get("default") for key in entry.get("required", ())}
    filled = Map(groups.origin)
    for name, group in groups.items():
        filled.put(name, _filled(group, defaults), groups, name)
    out = values.copy()
    out["nodeGroups"] = filled
    return out


def _filled(group: Any, defaults: Mapping[str, Any]) -> Any:
    if group is None:
        group = Map()
    if not isinstance(group, Map):
        return group
    sized = isinstance(group.get("resources"), Mapping) and {"cpu", "memory"} <= set(group["resources"])
    out = group.copy()
    for key, value in defaults.items():
        if key not in out and value is not None:
            out[key] = "" if key == "instanceType" and sized else value
    return out


def _unknown_kind(kind: str, place: Place, kinds: Kinds) -> Diagnostic:
    known = [k for k, application in kinds.applications.items() if application.served and k != "Tenant"]
    return codes.UNKNOWN_APP_KIND.at(
        place,
        f"there is no application kind {kind} in this release",
        hint=did_you_mean(kind, known) or "cozygen catalog list shows every kind",
        values={"kind": kind},
    )
