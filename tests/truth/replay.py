"""Recorded questions asked of a running Cozystack API server, with its answers in the form of the records."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from urllib.parse import quote

from admission_cases import APPLICATIONS
from cluster.api import APPLY, Api, RefusedError
from cluster.cozystack_api import GROUP
from cluster.stand_ins.helm_controller import HELM
from programs.waiting import until

Object = dict[str, Any]
OWN = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")


def replayed(api: Api, case: Object) -> Object:
    """The case with the results that this server gives."""
    return {**case, "steps": [_step(api, step) for step in case["steps"]]}


def replayed_quota(api: Api, tree: Object) -> Object:
    """The tree of tenants with the results that this server gives."""
    for release in tree["initial"]:
        in_namespace(api, release["metadata"]["namespace"])
        api.apply(deepcopy(release), "somebody")
        name = release["metadata"]["name"].removeprefix("tenant-")
        _shown(api, release["metadata"]["namespace"], "Tenant", name)
    steps = []
    for step in tree["steps"]:
        metadata = {"name": step["name"], "namespace": step["namespace"]}
        in_namespace(api, step["namespace"])
        item: Object = {"apiVersion": GROUP, "kind": "Tenant", "metadata": metadata}
        if "spec" in step:
            item["spec"] = step["spec"]
        steps.append({**step, "result": _asked(api, step["op"], item)})
    return {**tree, "steps": steps}


def in_namespace(api: Api, name: str) -> None:
    """Have a namespace."""
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


def emptied(api: Api) -> None:
    """Delete all releases, and wait until the server shows no application of them."""
    found = api.objects(HELM, "HelmRelease")
    kinds = {
        release["metadata"].get("labels", {}).get("apps.cozystack.io/application.kind") for release in found
    }
    for release in found:
        if release["metadata"].get("finalizers"):
            api.patch(release, {"metadata": {"finalizers": None}})
        api.delete(release)
    served = kinds & APPLICATIONS.keys()
    until(lambda: not any(api.objects(GROUP, kind) for kind in served), "no application is left")


def _step(api: Api, step: Object) -> Object:
    item = step["object"]
    in_namespace(api, item["metadata"]["namespace"])
    result = _asked(api, step["op"], item)
    if step.get("live_labels") and result["accepted"]:
        release = _release(api, item)
        assert release is not None
        api.patch(release, {"metadata": {"labels": step["live_labels"]}})
        _shown(api, item["metadata"]["namespace"], item["kind"], item["metadata"]["name"])
    return {**step, "result": result}


def _asked(api: Api, op: str, item: Object) -> Object:
    metadata = item["metadata"]
    place = api.path(GROUP, item["kind"], metadata["namespace"])
    one = f"{place}/{quote(metadata['name'])}"
    try:
        if op == "create":
            api.request("POST", place, item)
        elif op == "update":
            api.request("PUT", one, item)
        elif op == "apply":
            api.request("PATCH", f"{one}?fieldManager=somebody&force=true", item, APPLY)
        else:
            api.request("DELETE", one)
    except RefusedError as refused:
        store = refused.message.startswith("failed to create HelmRelease")
        stage = "store" if store else "rest"
        return {"accepted": False, "stage": stage, "code": refused.code, "error": refused.message}
    _shown(api, metadata["namespace"], item["kind"], metadata["name"])
    if op == "delete":
        return {"accepted": True}
    release = _release(api, item)
    assert release is not None, f"{op} {one} was accepted, and no release is there"
    kept = {key: value for key, value in release["metadata"].items() if key not in OWN}
    stored = {**release, "metadata": kept}
    stored.pop("status", None)
    return {"accepted": True, "stored": stored}


def _release(api: Api, item: Object) -> Object | None:
    metadata = item["metadata"]
    return api.find(
        HELM, "HelmRelease", APPLICATIONS[item["kind"]].prefix + metadata["name"], metadata["namespace"]
    )


def _shown(api: Api, namespace: str, kind: str, name: str) -> None:
    """Wait until the server, which reads from a cache, shows an application as its release is now."""
    release = api.find(HELM, "HelmRelease", APPLICATIONS[kind].prefix + name, namespace)

    def current() -> bool:
        found = api.find(GROUP, kind, name, namespace)
        return _version(found) == _version(release)

    until(current, f"{kind} {namespace}/{name} is shown as it is")


def _version(item: Object | None) -> str | None:
    return None if item is None else str(item["metadata"]["resourceVersion"])
