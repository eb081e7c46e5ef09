"""In the place of Cozystack's operator and its platform chart: Packages become releases.

Which Packages the platform Package leads to is asked of ``cozygen.platform.packages``, which the recorded renders
of the chart itself judge (``tests/oracle/test_platform.py``). What each installs comes from the release's own
package sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from cluster.api import Api, Object
from cluster.definitions import definitions, establish, upstream
from cluster.stand_ins.controller import Controller
from cluster.stand_ins.helm_controller import HELM, KIND, HelmController
from cozygen.catalog.load import load_release
from cozygen.platform.packages import evaluate

PACKAGE = "cozystack.io/v1alpha1"
PLATFORM = "cozystack.cozystack-platform"
BASICS = "cozystack.cozystack-basics"


class Operator:
    """Reconciles Packages, each once; a test may hold one back by its full name."""

    def __init__(self, api: Api, helm: HelmController, version: str = "v1.6.2") -> None:
        self.api = api
        self.helm = helm
        self.version = version
        self.held: set[str] = set()
        self.done: set[str] = set()
        self._made: set[str] = set()
        self._sources = package_sources(version)
        self._definitions = definitions(version)
        self.controller = Controller(api, [(PACKAGE, "Package")], self._reconcile)

    def let_go(self, name: str) -> None:
        """Install a package that was held."""
        self.held.discard(name)
        self.controller.again({"apiVersion": PACKAGE, "kind": "Package", "metadata": {"name": name}})

    def _reconcile(self, package: Object) -> None:
        name = package["metadata"]["name"]
        if name in self.done or name in self.held:
            return
        if name == PLATFORM:
            self._install_platform(package)
        else:
            self._install(
                name, package["spec"].get("variant") or "default", package["spec"].get("components") or {}
            )
        self.done.add(name)

    def _install_platform(self, package: Object) -> None:
        values = package["spec"].get("components", {}).get("platform", {}).get("values") or {}
        found = evaluate(load_release(self.version), package["spec"]["variant"], values)
        assert not found.failures, found.failures
        for emitted in found.emitted.values():
            name = f"cozystack.{emitted.name}"
            body = {"variant": emitted.variant}
            self.api.apply(
                {"apiVersion": PACKAGE, "kind": "Package", "metadata": {"name": name}, "spec": body},
                "operator",
            )
        # Sources are cut into charts for every variant of every package, installed or not (facts: platform 1.5).
        self.helm.charts |= {"cozystack-cozystack-platform-isp-full-platform", *self._charts()}
        self._release("cozystack-platform", "cozy-system", "cozystack-cozystack-platform-isp-full-platform")

    def _charts(self) -> Iterator[str]:
        for name, source in self._sources.items():
            for variant in source["spec"]["variants"]:
                for component in variant.get("components") or ():
                    yield chart_name(name, variant["name"], component["name"])

    def _install(self, name: str, variant: str, components: Mapping[str, Any]) -> None:
        """The kinds that the package brings, and its releases."""
        for definition in self._definitions.get(name.removeprefix("cozystack."), ()):
            establish(self.api, [definition])
        variants = {found["name"]: found for found in self._sources[name]["spec"]["variants"]}
        for component in variants[variant].get("components") or ():
            chart = chart_name(name, variant, component["name"])
            install = component.get("install")
            if install and components.get(component["name"], {}).get("enabled", True):
                self._release(install.get("releaseName") or component["name"], install["namespace"], chart)
        if name == BASICS:
            self._root_tenant()

    def _release(
        self, name: str, namespace: str, chart: str, labels: Mapping[str, str] | None = None
    ) -> None:
        self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "operator")
        reference = {"kind": "ExternalArtifact", "name": chart, "namespace": "cozy-system"}
        self.api.apply(
            {
                "apiVersion": HELM,
                "kind": "HelmRelease",
                "metadata": {"name": name, "namespace": namespace, "labels": dict(labels or {})},
                "spec": {"chartRef": reference, "interval": "5m"},
            },
            "operator",
        )

    def _namespace(self, name: str) -> None:
        if name not in self._made:
            self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, "operator")
            self._made.add(name)

    def _root_tenant(self) -> None:
        """What the chart of cozystack-basics states: the root tenant's namespace and release."""
        labels = {
            KIND: "Tenant",
            "apps.cozystack.io/application.group": "apps.cozystack.io",
            "apps.cozystack.io/application.name": "tenant-root",
            "sharding.fluxcd.io/key": "tenants",
        }
        self._release("tenant-root", "tenant-root", "cozystack-tenant-application-default-tenant", labels)


def chart_name(package: str, variant: str, component: str) -> str:
    """The artifact that holds a component's chart."""
    return f"{package}-{variant}-{component}".replace(".", "-")


@cache
def package_sources(version: str) -> Mapping[str, Object]:
    """The package sources that the release ships, by name."""
    return {
        item["metadata"]["name"]: item
        for path in sorted((upstream() / f"cozystack-{version}" / "packagesources").glob("*.yaml"))
        for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
        if item
    }
