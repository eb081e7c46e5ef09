"""Applications and packages as the JSON documents that ``bundles/<version>`` holds, and back.

Documents leave out what has its usual value, so that a review shows what is special about a kind or package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cozygen.catalog.model import Application, ChartRef, Component, Install, PackageSource, Variant
from cozygen.catalog.shared import Definitions, expanded, factored

Document = dict[str, Any]
_WIDTH = 150
_TIMEOUT = "10m0s"
_CHART = ("ExternalArtifact", "cozy-system")


def encode(document: Mapping[str, Any]) -> bytes:
    """The bytes of a document: what fits a line stands on one, and equal documents give equal bytes."""
    return (_laid_out(document, 0) + "\n").encode()


def _laid_out(value: Any, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + depth <= _WIDTH or not value or not isinstance(value, (dict, list)):
        return line
    inner, outer = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        rows = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_laid_out(item, depth + 1)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(rows) + f"\n{outer}}}"
    if not any(isinstance(item, (dict, list)) for item in value):
        return line
    return "[\n" + ",\n".join(inner + _laid_out(item, depth + 1) for item in value) + f"\n{outer}]"


def applications_document(version: str, applications: Iterable[Application]) -> Document:
    """All applications of a release, by kind."""
    shared: Definitions = {}
    kinds = {a.kind: application_document(a, shared) for a in sorted(applications, key=lambda a: a.kind)}
    return {"release": version, "$defs": dict(sorted(shared.items())), "applications": kinds}


def application_document(application: Application, shared: Definitions) -> Document:
    """One application; sub-schemas that others have too go to ``shared``."""
    chart = application.chart
    plain = (chart.kind, chart.namespace) == _CHART
    return _without_usual(
        {
            "definition": application.definition,
            "plural": application.plural,
            "singular": (application.singular, application.kind.lower()),
            "prefix": application.prefix,
            "chart": chart.name
            if plain
            else {"kind": chart.kind, "name": chart.name, "namespace": chart.namespace},
            "package": (application.package, None),
            "category": (application.category, ""),
            "module": (application.module, False),
            "served": (application.served, True),
            "labels": (dict(application.labels), {}),
            "installTimeout": (application.install_timeout, _TIMEOUT),
            "upgradeTimeout": (application.upgrade_timeout, application.install_timeout),
            "disableWait": (application.disable_wait, None),
            "waitStrategy": (application.wait_strategy, None),
            "healthCheckExprs": ([dict(e) for e in application.health_check_exprs], []),
            "values": factored(application.schema, shared),
        }
    )


def application_from(kind: str, document: Mapping[str, Any], shared: Mapping[str, Any]) -> Application:
    """The application of one entry; ``shared`` are the release's shared sub-schemas, expanded."""
    chart = document["chart"]
    install = document.get("installTimeout", _TIMEOUT)
    return Application(
        kind=kind,
        definition=document["definition"],
        plural=document["plural"],
        singular=document.get("singular", kind.lower()),
        prefix=document["prefix"],
        chart=ChartRef(_CHART[0], chart, _CHART[1]) if isinstance(chart, str) else ChartRef(**chart),
        schema=expanded(document["values"], shared),
        labels=document.get("labels", {}),
        category=document.get("category", ""),
        module=document.get("module", False),
        install_timeout=install,
        upgrade_timeout=document.get("upgradeTimeout", install),
        disable_wait=document.get("disableWait"),
        wait_strategy=document.get("waitStrategy"),
        health_check_exprs=tuple(document.get("healthCheckExprs", ())),
        package=document.get("package"),
        served=document.get("served", True),
    )


def packages_document(version: str, packages: Iterable[PackageSource]) -> Document:
    """All packages of a release, by short name."""
    found = {p.name: _package_document(p) for p in sorted(packages, key=lambda p: p.name)}
    return {"release": version, "packages": found}


def _package_document(package: PackageSource) -> Document:
    variants = {
        v.name: _without_usual(
            {
                "dependsOn": (list(v.depends_on), []),
                "libraries": (dict(v.libraries), {}),
                "components": ({c.name: _component_document(c) for c in v.components}, {}),
            }
        )
        for v in package.variants.values()
    }
    return _without_usual({"clusterValues": (package.cluster_values, True), "variants": variants})


def _component_document(component: Component) -> Document:
    install = component.install
    return _without_usual(
        {
            "path": component.path,
            "valuesFiles": (list(component.values_files), []),
            "libraries": (list(component.libraries), []),
            "install": (None if install is None else _install_document(install, component.name), None),
        }
    )


def _install_document(install: Install, component: str) -> Document:
    return _without_usual(
        {
            "namespace": install.namespace,
            "release": (install.release, component),
            "privileged": (install.privileged, False),
            "dependsOn": (list(install.depends_on), []),
            "upgradeCRDs": (install.upgrade_crds, None),
            "waitStrategy": (install.wait_strategy, None),
            "healthCheckExprs": ([dict(e) for e in install.health_check_exprs], []),
        }
    )


def package_from(name: str, document: Mapping[str, Any]) -> PackageSource:
    """The package of one entry."""
    variants = {
        variant: Variant(
            variant,
            tuple(item.get("dependsOn", ())),
            tuple(_component_from(c, d) for c, d in item.get("components", {}).items()),
            item.get("libraries", {}),
        )
        for variant, item in document["variants"].items()
    }
    return PackageSource(name, variants, document.get("clusterValues", True))


def _component_from(name: str, document: Mapping[str, Any]) -> Component:
    item = document.get("install")
    install = item and Install(
        item["namespace"],
        item.get("release", name),
        item.get("privileged", False),
        tuple(item.get("dependsOn", ())),
        item.get("upgradeCRDs"),
        item.get("waitStrategy"),
        tuple(item.get("healthCheckExprs", ())),
    )
    return Component(
        name,
        document["path"],
        install or None,
        tuple(document.get("valuesFiles", ())),
        tuple(document.get("libraries", ())),
    )


def _without_usual(entries: dict[str, Any]) -> Document:
    """``entries`` without those that are a pair of a value and the usual value, and the two are equal."""
    out = {}
    for key, entry in entries.items():
        value, usual = entry if isinstance(entry, tuple) else (entry, _NO_USUAL)
        if value != usual:
            out[key] = value
    return out


_NO_USUAL = object()
