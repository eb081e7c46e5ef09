"""Package objects: the platform's, and those that stand in Git beside it (facts: platform 1.2, 3.2).

A Package carries what makes Helm take it over: the platform is a Helm release that emits Packages itself, and
it would refuse to install over one that it does not know. So an override may be applied before, with or after
the platform, and a package of one's own may move into the platform's hands later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.model import full_name
from cozygen.platform.packages_set import PackageSet

Object = dict[str, Any]
PLATFORM = "cozystack.cozystack-platform"
_RELEASE = ("cozystack-platform", "cozy-system")
_KEEP = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}  # deleting a Package uninstalls it, data and all
_ADOPTED = {
    "meta.helm.sh/release-name": _RELEASE[0],
    "meta.helm.sh/release-namespace": _RELEASE[1],
}
_ADOPTED_LABELS = {"app.kubernetes.io/managed-by": "Helm"}


def package_objects(packages: PackageSet) -> list[Object]:
    """The platform's Package first, then Packages of one's own and overrides, by name.

    An override states the variant, which the platform states as well, and nothing else but its own values: by
    server-side apply the two share the object.
    """
    own = {name: (package.variant, package.components) for name, package in packages.own.items()}
    over = {
        name: (packages.emitted[name].variant, components)
        for name, components in packages.overlays.items()
        if name in packages.emitted and name not in own
    }
    beside = [_package(full_name(name), *item) for name, item in sorted({**own, **over}.items())]
    return [platform_object(packages), *beside]


def platform_object(packages: PackageSet) -> Object:
    """The one Package from which all of Cozystack follows."""
    components = {"platform": {"values": plain(packages.given)}} if packages.given else {}
    return _object({"name": PLATFORM, "annotations": dict(_KEEP)}, packages.variant, components)


def plain(value: Any) -> Any:
    """Values as plain data: no places, no lists or mappings shared with the spec."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def _package(name: str, variant: str, components: Mapping[str, Any]) -> Object:
    metadata = {"name": name, "labels": dict(_ADOPTED_LABELS), "annotations": {**_KEEP, **_ADOPTED}}
    return _object(metadata, variant, plain(components))


def _object(metadata: Object, variant: str, components: Object) -> Object:
    spec: Object = {"variant": variant}
    if components:
        spec["components"] = components
    return {"apiVersion": "cozystack.io/v1alpha1", "kind": "Package", "metadata": metadata, "spec": spec}
