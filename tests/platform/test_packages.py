from typing import Any

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from cozygen.catalog.load import load_release, versions
from cozygen.platform.packages import Package, chart_values, evaluate
from cozygen.platform.packages_closure import missing, needed_by, never_ready, waiting_for
from cozygen.platform.packages_injected import injected_paths
from cozygen.platform.packages_values import go_text, merged

RELEASE = load_release("v1.6.2")
NAMES = sorted(RELEASE.packages)


def bundles(**more: Any) -> dict[str, Any]:
    return {"bundles": more}


@pytest.mark.parametrize(
    ("version", "variant", "packages", "stuck"),
    [
        ("v1.6.2", "default", 0, 0),
        ("v1.6.2", "isp-full", 75, 0),
        ("v1.6.2", "isp-full-generic", 75, 0),
        ("v1.6.2", "isp-hosted", 24, 24),
        ("v1.5.4", "isp-full", 74, 0),
        ("v1.5.4", "isp-hosted", 24, 24),
    ],
)
def test_what_each_variant_comes_to(version: str, variant: str, packages: int, stuck: int) -> None:
    found = evaluate(load_release(version), variant, {})
    assert (len(found.packages), len(found.never_ready), found.failures) == (packages, stuck, ())


@pytest.mark.parametrize(
    ("disabled", "stuck"),
    [
        ("gateway-api-crds", 73),
        ("networking", 72),
        ("cert-manager", 56),
        ("cozystack-engine", 33),
        ("victoria-metrics-operator", 12),
        ("postgres-operator", 8),
        ("linstor", 2),
        ("velero", 1),
        ("goldpinger", 0),
    ],
)
def test_disabling_strands_what_depends_on_it(disabled: str, stuck: int) -> None:
    found = evaluate(RELEASE, "isp-full", bundles(disabledPackages=[f"cozystack.{disabled}"]))
    assert disabled not in found.packages
    assert len(found.never_ready) == stuck


def test_oidc_adds_keycloak_and_other_variants() -> None:
    found = evaluate(RELEASE, "isp-full", {"authentication": {"oidc": {"enabled": True}}})
    assert found.oidc
    assert len(found.packages) == 77
    assert found.packages["cozystack-engine"].variant == "oidc"
    assert found.packages["monitoring-application"].variant == "oidc"
    assert found.cluster_values["oidc-enabled"] == "true"


def test_lists_replace_and_nulls_remove() -> None:
    values = {"publishing": {"exposedServices": ["api"]}, "gateway": {"attachedNamespaces": None}}
    seen = chart_values(RELEASE, "isp-full", values)
    assert seen["publishing"]["exposedServices"] == ["api"]
    assert seen["publishing"]["host"] == "example.org"
    assert "attachedNamespaces" not in seen["gateway"]
    assert seen["bundles"]["system"] == {"enabled": True, "variant": "isp-full"}


def test_the_endpoint_reaches_cilium_on_generic_nodes_only() -> None:
    values = {"publishing": {"apiServerEndpoint": "https://10.0.0.1:7443"}}
    hosts = {}
    for variant in ("isp-full", "isp-full-generic"):
        cilium = evaluate(RELEASE, variant, values).packages["networking"].components["cilium"]
        hosts[variant] = (
            cilium["values"]["cilium"]["k8sServiceHost"],
            cilium["values"]["cilium"]["k8sServicePort"],
        )
    assert hosts == {"isp-full": ("localhost", "7445"), "isp-full-generic": ("10.0.0.1", "7443")}


@pytest.mark.parametrize(
    ("variant", "values", "path"),
    [
        ("isp-hosted", bundles(iaas={"enabled": True}), "bundles.iaas.enabled"),
        ("isp-full", bundles(iaas={"gpuOperatorVariant": "container"}), "bundles.iaas.gpuOperatorVariant"),
        ("isp-full", bundles(enabledPackages="cozystack.hami"), "bundles.enabledPackages"),
        ("isp-full", {"authentication": {"oidc": {"enabled": "true"}}}, "authentication.oidc.enabled"),
        ("isp-full", {"networking": {"kubeovn": None}}, "networking.kubeovn"),
        ("default", {"resources": None}, "resources"),
        (
            "isp-full",
            {"registries": {"mirrors": {"a": {"endpoints": ["b"]}}}},
            "registries.mirrors.a.endpoints",
        ),
        (
            "isp-full-generic",
            {"publishing": {"apiServerEndpoint": "10.0.0.1:6443"}},
            "publishing.apiServerEndpoint",
        ),
    ],
)
def test_what_keeps_the_chart_from_rendering(variant: str, values: dict[str, Any], path: str) -> None:
    failures = evaluate(RELEASE, variant, values).failures
    assert path in [".".join(map(str, failure.path)) for failure in failures]


def test_the_same_values_are_fine_where_no_template_reads_them() -> None:
    values = {**bundles(enabledPackages="x"), "authentication": {"oidc": {"enabled": "true"}}}
    assert evaluate(RELEASE, "default", values).failures == ()
    assert (
        evaluate(RELEASE, "isp-full", {"publishing": {"apiServerEndpoint": "10.0.0.1:6443"}}).failures == ()
    )


def test_ouroboros_has_to_be_dealt_with() -> None:
    assert [f.kind for f in evaluate(RELEASE, "isp-full", {}, ouroboros_exists=True).failures] == ["fail"]
    for key in ("proxyProtocol", "proxyProtocolAcknowledgeUnclean"):
        assert (
            evaluate(RELEASE, "isp-full", {"publishing": {key: True}}, ouroboros_exists=True).failures == ()
        )


def test_an_old_config_map_wins() -> None:
    found = evaluate(
        RELEASE,
        "isp-full-generic",
        {},
        legacy={"root-host": "old.example.org", "ipv4-pod-cidr": "10.1.0.0/16"},
    )
    assert found.cluster_values["root-host"] == "old.example.org"
    kubeovn = found.packages["networking"].components["kubeovn"]["values"]["kube-ovn"]
    assert kubeovn["ipv4"]["POD_CIDR"] == "10.1.0.0/16"


def test_own_packages_take_part_in_the_closure() -> None:
    off = bundles(iaas={"enabled": False})
    assert evaluate(RELEASE, "isp-full", off).never_ready == ("backupstrategy-controller",)
    found = evaluate(RELEASE, "isp-full", off).beside([Package("bucket-application")])
    assert found.never_ready == ()
    assert (found.bundle("bucket-application"), found.bundle("velero"), found.bundle("kubevirt")) == (
        "extra",
        "system",
        None,
    )


def test_packages_on_request_are_no_part_of_a_bundle() -> None:
    found = evaluate(
        RELEASE, "isp-full", bundles(enabledPackages=["cozystack.hami", "cozystack.gpu-operator"])
    )
    assert found.bundle("hami") == "extra"
    assert found.never_ready == ()
    alone = evaluate(RELEASE, "isp-full", bundles(enabledPackages=["cozystack.hami"]))
    assert alone.missing == {"hami": ("gpu-operator",)}


def test_releases_of_a_package() -> None:
    overlays = {"networking": {"kubeovn": {"enabled": False}}}
    found = evaluate(RELEASE, "isp-full", {}).beside([], overlays)
    names = [install.release for install in found.installs("networking")]
    assert names == ["cilium", "cilium-networkpolicy"]
    assert found.installs("no-such-package") == ()
    assert found.components("networking")["kubeovn"]["enabled"] is False
    assert "values" in found.components("networking")["kubeovn"]


def test_what_a_package_needs() -> None:
    found = evaluate(RELEASE, "isp-full", {})
    assert found.closure("metallb") == {"metallb", "networking", "gateway-api-crds"}
    assert found.closure("no-such-package") == frozenset()


@pytest.mark.parametrize(
    ("variant", "values", "name", "remedy"),
    [
        ("isp-full", {}, "local-ccm", "add local-ccm to cozystack.packages.enable"),
        ("isp-full", {}, "hami", "add hami to cozystack.packages.enable"),
        ("isp-full", {}, "keycloak", "set authentication.oidc.enabled: true"),
        ("isp-full", bundles(disabledPackages=["cozystack.velero"]), "velero",
         "take velero out of cozystack.packages.disable"),
        ("isp-full", bundles(paas={"enabled": False}), "redis-operator",
         "set cozystack.bundles.paas.enabled: true, or add redis-operator to cozystack.packages.enable"),
        ("isp-hosted", bundles(system={"enabled": True}), "kubevirt", "add kubevirt to cozystack.packages.enable"),
    ],
)  # fmt: skip
def test_how_to_have_a_package(variant: str, values: dict[str, Any], name: str, remedy: str) -> None:
    found = evaluate(RELEASE, variant, values)
    assert not found.has(name)
    assert found.how_to_enable(name) == remedy


lists = st.lists(st.sampled_from(NAMES).map("cozystack.".__add__), max_size=6)
switches = st.fixed_dictionaries({}, optional={b: st.booleans() for b in ("system", "iaas", "paas", "naas")})


@examples(60)
@given(st.sampled_from(["isp-full", "isp-full-generic"]), switches, lists, lists)
def test_laws_of_the_closure(
    variant: str, on: dict[str, bool], enabled: list[str], disabled: list[str]
) -> None:
    values = bundles(
        enabledPackages=enabled, disabledPackages=disabled, **{b: {"enabled": flag} for b, flag in on.items()}
    )
    found = evaluate(RELEASE, variant, values)
    assert set(found.missing) <= set(found.never_ready) <= set(found.packages)
    for name in found.packages:
        waits = any(n in found.never_ready or n not in found.packages for n in found.depends_on[name])
        assert waits == (name in found.never_ready)
    assert not set(found.packages) & {n.removeprefix("cozystack.") for n in disabled}


@examples(30)
@given(st.sampled_from([n for n in NAMES if n in evaluate(RELEASE, "isp-full", {}).packages]))
def test_disabling_all_that_depends_on_it_too_leaves_nothing_stuck(name: str) -> None:
    full = evaluate(RELEASE, "isp-full", {})
    gone = [name, *waiting_for(full.depends_on, [name])]
    found = evaluate(RELEASE, "isp-full", bundles(disabledPackages=[f"cozystack.{n}" for n in gone]))
    assert found.never_ready == ()


@pytest.mark.parametrize("version", versions())
def test_the_rules_speak_of_packages_and_components_that_exist(version: str) -> None:
    release = load_release(version)
    for rows in release.platform["bundles"].values():
        for row in rows["emits"]:
            for name, variant in row["packages"].items():
                assert isinstance(variant, dict) or variant in release.packages[name].variants
    for rule in release.platform["componentValues"]:
        source = release.packages[rule["package"]]
        assert any(v.component(rule["component"]) for v in source.variants.values()), rule
        assert injected_paths(rule["values"])


def test_closure_of_a_small_graph() -> None:
    graph = {"a": ("b",), "b": ("x",), "c": (), "d": ("a", "c")}
    assert missing(graph) == {"b": ("x",)}
    assert never_ready(graph) == ("a", "b", "d")
    assert never_ready(graph, ["x"]) == ()
    assert waiting_for(graph, ["c"]) == ("d",)
    assert needed_by(graph, "d") == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None), (True, "true"), (10, "10"), (2.5, "2.5"), (100000, "100000"), (1000000, "1e+06"),
        (1234567, "1.234567e+06"), (0.0001, "0.0001"), (0.00001, "1e-05"), (-3, "-3"), ("x", "x"),
        ([1, "a", None], "[1 a <nil>]"), ({"b": 1, "a": [True]}, "map[a:[true] b:1]"),
    ],
)  # fmt: skip
def test_values_as_go_prints_them(value: Any, text: str | None) -> None:
    assert go_text(value) == text


def test_helms_merge() -> None:
    defaults = {"a": {"b": 1, "c": [1]}, "d": 2}
    assert merged({"a": {"b": None, "c": [2]}, "e": None}, defaults) == {"a": {"c": [2]}, "d": 2, "e": None}
    assert merged({"a": 5}, defaults) == {"a": 5, "d": 2}
    assert merged({"a": None}, defaults) == {"d": 2}
