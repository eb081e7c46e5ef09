"""One PackageSource read: from the document that a release ships to a :class:`PackageSource` of the model.

Rests on cozystack.io/v1alpha1 PackageSource. Package names are short ones: without ``cozystack.``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog import codes
from cozygen.catalog.model import Component, Install, PackageSource, Variant, short_name
from cozygen.diagnostics import Diagnostic, Place
from cozygen.schema import Schema
from cozygen.schema.build import choice, flag, list_of, map_of, text
from cozygen.yamlio import deep_place

_SKIP_VALUES = "operator.cozystack.io/skip-cozystack-values"


def _open(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


_INSTALL = _open(
    {
        "namespace": text(),
        "releaseName": text(),
        "privileged": flag(),
        "dependsOn": list_of(text()),
        "upgradeCRDs": choice(("Skip", "Create", "CreateReplace")),
        "waitStrategy": choice(("poller", "legacy")),
        "healthCheckExprs": list_of({"type": "object"}),
    },
    ("namespace",),
)
_COMPONENT = _open(
    {
        "name": text(),
        "path": text(),
        "libraries": list_of(text()),
        "valuesFiles": list_of(text()),
        "install": _INSTALL,
    },
    ("name", "path"),
)
_VARIANT = _open(
    {
        "name": text(),
        "dependsOn": list_of(text()),
        "libraries": list_of(_open({"name": text(), "path": text()}, ("path",))),
        "components": list_of(_COMPONENT),
    },
    ("name",),
)
_SOURCE = Schema(
    _open(
        {
            "apiVersion": {"const": "cozystack.io/v1alpha1"},
            "kind": {"const": "PackageSource"},
            "metadata": _open({"name": text(), "annotations": map_of(text())}, ("name",)),
            "spec": _open({"sourceRef": {"type": "object"}, "variants": list_of(_VARIANT)}, ("variants",)),
        },
        ("apiVersion", "kind", "metadata", "spec"),
    )
)


def read_source(document: Mapping[str, Any], place: Place) -> tuple[PackageSource | None, list[Diagnostic]]:
    """The package of a source, or None where it is malformed, and what is wrong with it.

    Within a variant a component may install after others; one that the variant does not have keeps the whole
    package from installing, and is named here.
    """
    found = [
        codes.MALFORMED_SOURCE.at(
            deep_place(document, v.path, place),
            f"{'.'.join(map(str, v.path)) or 'the source'}: {v.message}",
            hint=v.hint,
            values=v.values,
        )
        for v in _SOURCE.violations(document)
    ]
    if found:
        return None, found
    metadata, spec = document["metadata"], document["spec"]
    variants = {item["name"]: _variant(item) for item in spec["variants"]}
    package = PackageSource(
        short_name(metadata["name"]),
        variants,
        (metadata.get("annotations") or {}).get(_SKIP_VALUES) != "true",
    )
    return package, list(_unknown_components(package, document, place))


def _variant(item: Mapping[str, Any]) -> Variant:
    return Variant(
        item["name"],
        tuple(short_name(name) for name in item.get("dependsOn", ())),
        tuple(_component(component) for component in item.get("components", ())),
        {lib.get("name") or lib["path"].rsplit("/", 1)[-1]: lib["path"] for lib in item.get("libraries", ())},
    )


def _component(item: Mapping[str, Any]) -> Component:
    install = item.get("install")
    return Component(
        item["name"],
        item["path"],
        None if install is None else _install(install, item["name"]),
        tuple(item.get("valuesFiles", ())),
        tuple(item.get("libraries", ())),
    )


def _install(item: Mapping[str, Any], component: str) -> Install:
    return Install(
        namespace=item["namespace"],
        release=item.get("releaseName") or component,
        privileged=item.get("privileged", False),
        depends_on=tuple(item.get("dependsOn", ())),
        upgrade_crds=item.get("upgradeCRDs"),
        wait_strategy=item.get("waitStrategy"),
        health_check_exprs=tuple(item.get("healthCheckExprs", ())),
    )


def _unknown_components(
    package: PackageSource, document: Mapping[str, Any], place: Place
) -> Iterator[Diagnostic]:
    for number, variant in enumerate(package.variants.values()):
        names = [component.name for component in variant.components]
        for component in variant.installed:
            assert component.install is not None
            for name in component.install.depends_on:
                if name not in names:
                    path = ("spec", "variants", number, "components", names.index(component.name))
                    yield codes.NO_SUCH_COMPONENT.at(
                        deep_place(document, path, place),
                        f"component {component.name} of {package.name}[{variant.name}] installs after "
                        f"{name}, which that variant does not have",
                        values={"package": package.name, "variant": variant.name, "found": name},
                    )
