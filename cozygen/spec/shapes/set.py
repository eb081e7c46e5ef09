"""The shapes of all kinds for one Cozystack release."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application
from cozygen.catalog.shapes import cozystack_section, platform_sections
from cozygen.schema import Schema
from cozygen.schema.build import Document, free, map_of, obj, one_of
from cozygen.spec.shapes.blueprint import blueprint_shape
from cozygen.spec.shapes.common import labels, metadata
from cozygen.spec.shapes.hardware import hardware_shape
from cozygen.spec.shapes.platform import platform_shape
from cozygen.spec.shapes.policy import policy_shape, waiver_shape
from cozygen.spec.shapes.tenant import tenant_shape

_NULL: Document = {"type": "null"}
_APPS = "Applications by kind and name. Their values are the chart's own, as upstream documents them."


def shapes_of(release: CatalogRelease, extra: Mapping[str, Application]) -> Shapes:
    """The shapes for a release; compiled once in a process, unless the user added application kinds."""
    return Shapes(release, extra) if extra else _of_release(release)


class Shapes:
    """Shapes of documents; ``extra`` are application kinds that the user added."""

    def __init__(self, release: CatalogRelease, extra: Mapping[str, Application] | None = None) -> None:
        self.release = release
        self.extra = extra or {}

    def of(self, kind: str) -> Schema:
        """The shape that a spec of this kind is held against. App values are the charts' business."""
        return {
            "Platform": self.platform,
            "Tenant": self.tenant,
            "Hardware": self.hardware,
            "Blueprint": self.blueprint,
            "Policy": self.policy,
            "Waiver": self.waiver,
        }[kind]

    @cached_property
    def metadata(self) -> Schema:
        """The metadata of any document."""
        return Schema(obj({"name": {"type": "string"}, "labels": labels(), "annotations": labels()}))

    @cached_property
    def platform(self) -> Schema:
        """A Platform's spec."""
        return Schema(platform_shape(cozystack_section(self.release), platform_sections(self.release)))

    @cached_property
    def tenant(self) -> Schema:
        """A Tenant's spec, with app values left open."""
        values = free() | {"properties": {"_metadata": metadata()}}
        services = dict.fromkeys(self.services, free())
        apps = map_of(one_of([map_of(one_of([values, _NULL])), _NULL]), _APPS)
        children: Document = {
            "type": "object",
            "description": "Child tenants by name, each like a Tenant's spec.",
        }
        return Schema(tenant_shape(services, apps, values, children))

    @cached_property
    def hardware(self) -> Schema:
        """A Hardware document's spec."""
        return Schema(hardware_shape())

    @cached_property
    def blueprint(self) -> Schema:
        """A Blueprint's spec."""
        return Schema(blueprint_shape())

    @cached_property
    def policy(self) -> Schema:
        """A Policy's spec."""
        return Schema(policy_shape())

    @cached_property
    def waiver(self) -> Schema:
        """A Waiver's spec."""
        return Schema(waiver_shape())

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The modules that a tenant can run, by the names of the tenant chart's flags."""
        properties = self.release.applications["Tenant"].schema["properties"]
        return tuple(
            name
            for name, schema in properties.items()
            if schema.get("type") == "boolean" and self.release.application_of(name) is not None
        )

    @cached_property
    def editor_tenant(self) -> dict[str, Any]:
        """A Tenant's spec with the closed values of every application kind, for editors and templates."""
        kinds = [
            k
            for k, app in self.release.applications.items()
            if app.served and k != "Tenant" and k not in self._module_kinds
        ]
        apps = {kind: _named(_with_metadata(self.release.editor_schema(kind))) for kind in kinds}
        apps |= {kind: _named(_with_metadata(dict(app.closed_schema))) for kind, app in self.extra.items()}
        services = {}
        for name in self.services:
            application = self.release.application_of(name)
            assert application is not None
            services[name] = dict(self.release.editor_schema(application.kind))
        cluster = _optional_node_groups(_with_metadata(self.release.editor_schema("Kubernetes")))
        children = map_of(one_of([{"$ref": "#/$defs/Tenant"}, _NULL]), "Child tenants by name.")
        shape = tenant_shape(services, obj(apps, _APPS), cluster, children)
        return {"$defs": {"Tenant": shape, **self.release.editor_definitions}, **shape}

    @cached_property
    def _module_kinds(self) -> frozenset[str]:
        found = (self.release.application_of(name) for name in self.services)
        return frozenset(app.kind for app in found if app is not None)


@cache
def _of_release(release: CatalogRelease) -> Shapes:
    return Shapes(release)


def _named(values: Document) -> Document:
    return map_of(one_of([values, _NULL]))


def _with_metadata(values: Mapping[str, Any]) -> Document:
    return {**values, "properties": {**values.get("properties", {}), "_metadata": metadata()}}


def _optional_node_groups(values: Document) -> Document:
    """Node groups of first-class clusters may leave out what has a default."""
    groups = values["properties"]["nodeGroups"]
    entry = {k: v for k, v in groups["additionalProperties"].items() if k != "required"}
    properties = {**values["properties"], "nodeGroups": {**groups, "additionalProperties": entry}}
    return {**values, "properties": properties}
