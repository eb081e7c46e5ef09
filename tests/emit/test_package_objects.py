from typing import Any

from cozygen.catalog.load import load_release
from cozygen.emit.packages import package_objects
from cozygen.platform.packages_plan import packages_of

RELEASE = load_release("v1.6.2")


def objects(**cozystack: Any) -> list[dict[str, Any]]:
    body = {"cozystack": {"variant": "isp-full", **cozystack}, "publishing": {"host": "a.b"}}
    return package_objects(packages_of(RELEASE, body))


def test_the_platforms_package_comes_first() -> None:
    found = objects(packages={"enable": ["local-ccm", "nfs-driver"]})
    assert found[0] == {
        "apiVersion": "cozystack.io/v1alpha1",
        "kind": "Package",
        "metadata": {
            "name": "cozystack.cozystack-platform",
            "annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"},
        },
        "spec": {
            "variant": "isp-full",
            "components": {
                "platform": {
                    "values": {
                        "publishing": {"host": "a.b"},
                        "bundles": {"enabledPackages": ["cozystack.nfs-driver"]},
                    }
                }
            },
        },
    }
    assert [o["metadata"]["name"] for o in found[1:]] == ["cozystack.local-ccm"]


def test_without_values_there_are_no_components() -> None:
    (found,) = package_objects(packages_of(RELEASE, {"cozystack": {"variant": "default"}}))
    assert found["spec"] == {"variant": "default"}


def test_an_override_holds_its_values_and_the_platforms_variant() -> None:
    found = objects(components={"networking": {"kubeovn": {"values": {"kube-ovn": {"mtu": 1222}}}}})
    assert [o["metadata"]["name"] for o in found] == ["cozystack.cozystack-platform", "cozystack.networking"]
    assert found[1]["spec"] == {
        "variant": "kubeovn-cilium",
        "components": {"kubeovn": {"values": {"kube-ovn": {"mtu": 1222}}}},
    }


def test_helm_can_take_any_of_them_over_and_flux_deletes_none() -> None:
    for item in objects(
        packages={"enable": ["local-ccm"]}, components={"linstor": {"linstor": {"enabled": False}}}
    )[1:]:
        metadata = item["metadata"]
        assert metadata["labels"] == {"app.kubernetes.io/managed-by": "Helm"}
        assert metadata["annotations"] == {
            "kustomize.toolkit.fluxcd.io/prune": "disabled",
            "meta.helm.sh/release-name": "cozystack-platform",
            "meta.helm.sh/release-namespace": "cozy-system",
        }


def test_objects_share_nothing_with_the_spec() -> None:
    values: dict[str, Any] = {"list": [{"a": 1}]}
    found = objects(components={"linstor": {"linstor": {"values": values}}})
    values["list"][0]["a"] = 2
    assert found[1]["spec"]["components"]["linstor"]["values"] == {"list": [{"a": 1}]}
