from typing import Any

from cozygen.catalog.load import load_release
from cozygen.platform.packages_plan import PackagePlan, packages_of, plan_packages
from cozygen.yamlio import deep_place, read_documents

RELEASE = load_release("v1.6.2")


def body(text: str) -> Any:
    return read_documents(text.encode(), "p.yaml")[0][0].body


def plan(packages: str = "", more: str = "", variant: str = "isp-full") -> PackagePlan:
    text = f"cozystack:\n  variant: {variant}\n  packages: {{{packages}}}\n{more}"
    return plan_packages(RELEASE, body(text))


def test_sections_become_values_under_their_own_names() -> None:
    found = plan(more="publishing: {host: a.b}\nstorage: {pools: {}}\ngpu: {replaceDefaults: true}\n")
    assert found.values == {"publishing": {"host": "a.b"}, "gpu": {"replaceDefaults": True}}
    assert found.variant == "isp-full"


def test_values_remember_where_they_stand() -> None:
    found = plan(more="publishing:\n  host: a.b\n")
    place = deep_place(found.values, ("publishing", "host"), None)  # type: ignore[arg-type]
    assert str(place) == "p.yaml:5:9"


def test_an_optional_package_goes_into_the_platforms_list() -> None:
    found = plan("enable: [nfs-driver, cozystack.bootbox]")
    assert found.values == {"bundles": {"enabledPackages": ["cozystack.nfs-driver", "cozystack.bootbox"]}}
    assert found.own == ()
    place = deep_place(found.values, ("bundles", "enabledPackages", 1), None)  # type: ignore[arg-type]
    assert str(place) == "p.yaml:3:35"


def test_a_package_that_no_bundle_has_becomes_a_package_of_its_own() -> None:
    found = plan("enable: [local-ccm]")
    assert found.values == {}
    assert [(p.name, p.variant, str(p.place)) for p in found.own] == [("local-ccm", "default", "p.yaml:3:23")]


def test_so_does_an_optional_one_of_a_bundle_that_is_off() -> None:
    found = plan("enable: [hami]", variant="isp-hosted")
    assert [p.name for p in found.own] == ["hami"]


def test_and_any_package_where_nothing_is_installed_by_itself() -> None:
    found = plan(
        "enable: [cert-manager, gateway-api-crds], variants: {networking: cilium}", variant="default"
    )
    assert [(p.name, p.variant) for p in found.own] == [
        ("cert-manager", "default"),
        ("gateway-api-crds", "default"),
        ("networking", "cilium"),
    ]


def test_another_variant_takes_a_package_out_of_the_platforms_hands() -> None:
    found = plan("variants: {networking: cilium, cozystack-scheduler: linstor}")
    assert found.values == {"bundles": {"disabledPackages": ["cozystack.networking"]}}
    (networking,) = found.own
    assert networking.variant == "cilium"
    assert networking.components == {
        "cilium": {
            "values": {
                "cilium": {
                    "k8sServiceHost": "localhost",
                    "k8sServicePort": "7445",
                    "cgroup": {"autoMount": {"enabled": False}},
                }
            }
        }
    }


def test_the_gpu_operators_variants() -> None:
    vgpu = plan("variants: {gpu-operator: vgpu}")
    assert vgpu.own == ()
    assert vgpu.values["bundles"] == {
        "iaas": {"gpuOperatorVariant": "vgpu"},
        "enabledPackages": ["cozystack.gpu-operator"],
    }
    container = plan("enable: [gpu-operator], variants: {gpu-operator: container}")
    assert [(p.name, p.variant) for p in container.own] == [("gpu-operator", "container")]
    assert container.values["bundles"] == {"disabledPackages": ["cozystack.gpu-operator"]}


def test_settings_of_components_are_laid_over_or_written_into_an_own_package() -> None:
    more = "  components:\n    linstor: {linstor: {values: {a: 1}}}\n    local-ccm: {local-ccm: {values: {b: 2}}}\n"
    text = "cozystack:\n  variant: isp-full\n  packages: {enable: [local-ccm]}\n"
    found = plan_packages(RELEASE, body(text + more))
    assert found.overlays == {"linstor": {"linstor": {"values": {"a": 1}}}}
    assert [dict(p.components) for p in found.own] == [{"local-ccm": {"values": {"b": 2}}}]


def test_names_that_do_not_exist_are_passed_over() -> None:
    found = plan("enable: [no-such], disable: [neither], variants: {nor-this: x}")
    assert (found.values, found.own) == ({}, ())


def test_disabling_wins() -> None:
    found = plan("enable: [local-ccm, nfs-driver], disable: [local-ccm, nfs-driver, velero]")
    assert found.own == ()
    names = packages_of(RELEASE, body("cozystack: {variant: isp-full, packages: {disable: [velero]}}")).names
    assert "velero" not in names
    assert "cozystack.velero" in found.values["bundles"]["disabledPackages"]


def test_plain_mappings_do_as_well() -> None:
    found = packages_of(
        RELEASE, {"cozystack": {"variant": "isp-full", "packages": {"enable": ["hami", "gpu-operator"]}}}
    )
    assert len(found.packages) == 77
    assert found.failures == ()
