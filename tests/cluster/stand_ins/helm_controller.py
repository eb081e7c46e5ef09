"""In helm-controller's place: releases become Ready, and of a Tenant's chart a namespace and modules appear.

It installs nothing. A release whose chart is not there waits, as it does for the real one. What a test tells it
to hold is not looked at; what a test tells it to fail reports the reason.
"""

from __future__ import annotations

from cluster.api import Api, Object, RefusedError
from cluster.stand_ins.controller import Controller, condition

HELM = "helm.toolkit.fluxcd.io/v2"
KIND = "apps.cozystack.io/application.kind"
MODULES = ("etcd", "gateway", "ingress", "monitoring", "seaweedfs")
INSTALLED = "InstallSucceeded"
Key = tuple[str, str]


class HelmController:
    """Reconciles HelmReleases.

    ``charts`` are the artifacts that there are, ``held`` and ``failing`` name releases by namespace and name.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.charts: set[str] = set()
        self.held: set[Key] = set()
        self.failing: dict[Key, str] = {}
        self.controller = Controller(api, [(HELM, "HelmRelease")], self._reconcile, self._gone)

    def let_go(self, namespace: str, name: str) -> None:
        """Look at a release again that was held or failing."""
        self.held.discard((namespace, name))
        self.failing.pop((namespace, name), None)
        self._again(namespace, name)

    def fail(self, namespace: str, name: str, reason: str) -> None:
        """Have a release fail from now on."""
        self.failing[namespace, name] = reason
        self._again(namespace, name)

    def _again(self, namespace: str, name: str) -> None:
        metadata = {"namespace": namespace, "name": name}
        self.controller.again({"apiVersion": HELM, "kind": "HelmRelease", "metadata": metadata})

    def _reconcile(self, release: Object) -> None:
        metadata = release["metadata"]
        key = metadata["namespace"], metadata["name"]
        if key in self.held or metadata.get("deletionTimestamp"):
            return
        chart = release["spec"]["chartRef"]["name"]
        if chart not in self.charts:
            self._report(release, "ArtifactFailed")
            raise RefusedError(404, {"message": f"no chart {chart}"}, f"release {key}")
        if key in self.failing:
            self._report(release, self.failing[key])
        elif not _says(release, INSTALLED):
            if metadata.get("labels", {}).get(KIND) == "Tenant":
                self._install_tenant(release)
            self._report(release, INSTALLED)

    def _report(self, release: Object, reason: str) -> None:
        if not _says(release, reason):
            found = condition(release, "True" if reason == INSTALLED else "False", reason)
            self.api.report(release, observedGeneration=release["metadata"]["generation"], conditions=[found])

    def _install_tenant(self, release: Object) -> None:
        """What the tenant chart comes to: a namespace, ``info``, and the modules that the values switch on."""
        namespace = tenant_namespace(release)
        self.api.apply(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "helm-controller"
        )
        values = release["spec"].get("values") or {}
        for module in MODULES:
            item = module_release(module, namespace)
            if values.get(module):
                self.api.apply(item, "helm-controller")
            else:
                self.api.delete(item)
        self.api.apply(module_release("info", namespace), "helm-controller")

    def _gone(self, release: Object) -> None:
        if release["metadata"].get("labels", {}).get(KIND) == "Tenant":
            uninstall(self.api, tenant_namespace(release))


def _says(release: Object, reason: str) -> bool:
    """Whether its status gives this reason, for the release as it is now."""
    status = release.get("status", {})
    ready = [c for c in status.get("conditions") or () if c["type"] == "Ready"]
    current = status.get("observedGeneration") == release["metadata"]["generation"]
    return bool(current and ready and ready[0]["reason"] == reason)


def tenant_namespace(release: Object) -> str:
    """The namespace that a Tenant's chart makes (facts: catalog 3)."""
    name, parent = release["metadata"]["name"], release["metadata"]["namespace"]
    return str(name) if parent == "tenant-root" else f"{parent}-{name.removeprefix('tenant-')}"


def module_release(module: str, namespace: str) -> Object:
    """The release of a module, as the tenant chart states it."""
    labels = {
        KIND: module.capitalize(),
        "apps.cozystack.io/application.group": "apps.cozystack.io",
        "apps.cozystack.io/application.name": module,
        "internal.cozystack.io/tenantmodule": "true",
        "sharding.fluxcd.io/key": "tenants",
    }
    chart = {
        "kind": "ExternalArtifact",
        "name": f"cozystack-{module}-application-default-{module}",
        "namespace": "cozy-system",
    }
    return {
        "apiVersion": HELM,
        "kind": "HelmRelease",
        "metadata": {"name": module, "namespace": namespace, "labels": labels},
        "spec": {
            "chartRef": chart,
            "interval": "5m",
            "valuesFrom": [{"kind": "Secret", "name": "cozystack-values"}],
        },
    }


def uninstall(api: Api, namespace: str) -> None:
    """Empty and remove a tenant's namespace, as the chart's clean-up and the namespace controller do together."""
    for release in api.objects(HELM, "HelmRelease", namespace):
        api.delete(release)
    found = api.find("v1", "Namespace", namespace)
    if found is not None:
        api.delete(found)
        empty = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace},
            "spec": {"finalizers": []},
        }
        api.request("PUT", f"/api/v1/namespaces/{namespace}/finalize", empty)
