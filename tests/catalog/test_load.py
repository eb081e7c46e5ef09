import pytest

from cozygen.catalog.load import UnknownReleaseError, load_release, versions
from cozygen.catalog.model import artifact_name, full_name, short_name


def test_versions_come_newest_first() -> None:
    assert versions()[:2] == ("v1.6.2", "v1.5.4")


def test_a_release_is_loaded_once() -> None:
    assert load_release("v1.6.2") is load_release("v1.6.2")


def test_an_unknown_release_names_the_known_ones() -> None:
    with pytest.raises(UnknownReleaseError) as caught:
        load_release("v1.6.3")
    assert caught.value.known == versions()
    assert caught.value.hint == "did you mean v1.6.2?"


def test_kinds_are_found_by_any_of_their_names() -> None:
    release = load_release("v1.6.2")
    for name in ("HTTPCache", "httpcaches", "httpcache", "http-cache", "HttpCache"):
        found = release.application_of(name)
        assert found is not None
        assert found.kind == "HTTPCache"
    assert release.application_of("nothing") is None


def test_the_kinds_of_the_release() -> None:
    release = load_release("v1.6.2")
    served = [a for a in release.applications.values() if a.served]
    assert len(served) == 30
    assert [a.kind for a in release.applications.values() if not a.served] == ["Gateway"]
    kubernetes = release.applications["Kubernetes"]
    assert (kubernetes.install_timeout, kubernetes.disable_wait) == ("20m0s", True)
    assert release.applications["VirtualPrivateCloud"].package == "virtualprivatecloud-application"


def test_modules_say_so() -> None:
    modules = [a.kind for a in load_release("v1.6.2").applications.values() if a.module]
    assert modules == ["BootBox", "Etcd", "Gateway", "Info", "Ingress", "Monitoring", "SeaweedFS"]


@pytest.mark.parametrize("version", versions())
def test_every_kind_takes_its_own_defaults_as_people_may_write_them(version: str) -> None:
    for application in load_release(version).applications.values():
        for name, schema in application.schema["properties"].items():
            if "default" in schema:
                assert not list(application.values_schema.violations({name: schema["default"]})), (
                    application.kind
                )


@pytest.mark.parametrize("version", versions())
def test_every_schema_compiles(version: str) -> None:
    for application in load_release(version).applications.values():
        assert application.upstream_schema.valid({})
        assert not application.values_schema.valid({"no-such-value": 1})


@pytest.mark.parametrize("version", versions())
def test_every_dependency_and_chart_exists(version: str) -> None:
    release = load_release(version)
    charts = set()
    for package in release.packages.values():
        for variant in package.variants.values():
            assert set(variant.depends_on) <= set(release.packages)
            charts |= {artifact_name(package.name, variant.name, c.name) for c in variant.components}
    for application in release.applications.values():
        assert application.package in release.packages
        assert application.chart.name in charts


def test_editor_schemas_refer_to_shared_parts() -> None:
    release = load_release("v1.6.2")
    schema = release.editor_schema("Redis")
    assert schema["additionalProperties"] is False
    assert schema["properties"]["size"]["$ref"] == "#/$defs/quantity"
    assert "quantity" in release.editor_definitions


def test_package_names() -> None:
    assert full_name("linstor") == "cozystack.linstor"
    assert full_name("cozystack.linstor") == "cozystack.linstor"
    assert short_name("cozystack.linstor") == "linstor"
    assert short_name("acme.linstor") == "acme.linstor"
    assert full_name("acme.linstor") == "acme.linstor"
