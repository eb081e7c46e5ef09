import copy
import json
from typing import Any

import pytest

from cozygen.catalog.definition import read_definition
from cozygen.diagnostics import Place
from cozygen.yamlio import read_documents

AT = Place("redis.yaml", 1, 1)
SCHEMA = {
    "title": "Chart Values",
    "type": "object",
    "properties": {
        "replicas": {"description": "How many.", "type": "integer", "default": 2},
        "title": {"type": "string", "description": "A key that is called like prose."},
        "storageClass": {
            "type": "string",
            "default": "",
            "x-kubernetes-validations": [
                {"rule": "self == oldSelf", "message": "no"},
                {"rule": "size(self) > 1"},
            ],
        },
    },
}
DEFINITION: dict[str, Any] = {
    "apiVersion": "cozystack.io/v1alpha1",
    "kind": "ApplicationDefinition",
    "metadata": {"name": "redis"},
    "spec": {
        "application": {
            "kind": "Redis",
            "plural": "redises",
            "singular": "redis",
            "openAPISchema": json.dumps(SCHEMA),
        },
        "release": {
            "prefix": "redis-",
            "labels": {"sharding.fluxcd.io/key": "tenants", "b": "2", "a": "1"},
            "chartRef": {"kind": "ExternalArtifact", "name": "cozystack-redis", "namespace": "cozy-system"},
        },
        "dashboard": {"category": "PaaS", "icon": "…"},
    },
}


def changed(*path: str, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(DEFINITION)
    here = document
    for step in path[:-1]:
        here = here.setdefault(step, {})
    if to is None:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return document


def annotated(**annotations: str) -> dict[str, Any]:
    full = {f"release.cozystack.io/helm-{k.replace('_', '-')}": v for k, v in annotations.items()}
    return changed("metadata", "annotations", to=full)


def test_a_definition_becomes_an_application() -> None:
    application, found = read_definition(DEFINITION, AT)
    assert found == []
    assert application is not None
    assert (application.kind, application.plural, application.definition) == ("Redis", "redises", "redis")
    assert application.chart.name == "cozystack-redis"
    assert application.max_name == 47
    assert application.category == "PaaS"
    assert not application.module
    assert (application.install_timeout, application.upgrade_timeout) == ("10m0s", "10m0s")
    assert application.disable_wait is None


def test_the_sharding_label_stays_out() -> None:
    application, _ = read_definition(DEFINITION, AT)
    assert application is not None
    assert list(application.labels.items()) == [("a", "1"), ("b", "2")]


def test_the_schema_loses_its_prose_and_nothing_else() -> None:
    application, _ = read_definition(DEFINITION, AT)
    assert application is not None
    assert application.schema == {
        "type": "object",
        "properties": {
            "replicas": {"type": "integer", "default": 2},
            "title": {"type": "string"},
            "storageClass": {
                "type": "string",
                "default": "",
                "x-immutable": True,
                "x-kubernetes-validations": [{"rule": "size(self) > 1"}],
            },
        },
    }


def test_values_are_open_to_the_api_and_closed_to_people() -> None:
    application, _ = read_definition(DEFINITION, AT)
    assert application is not None
    assert application.upstream_schema.valid({"replica": 2})
    assert not application.values_schema.valid({"replica": 2})
    assert application.values_schema.valid({"replicas": 2})


@pytest.mark.parametrize(
    ("annotations", "install", "upgrade"),
    [
        ({"install_timeout": "15m"}, "15m0s", "15m0s"),
        ({"install_timeout": "15m", "upgrade_timeout": "1h30m"}, "15m0s", "1h30m0s"),
        ({"upgrade_timeout": "90s"}, "10m0s", "1m30s"),
    ],
)
def test_timeouts(annotations: dict[str, str], install: str, upgrade: str) -> None:
    application, _ = read_definition(annotated(**annotations), AT)
    assert application is not None
    assert (application.install_timeout, application.upgrade_timeout) == (install, upgrade)


@pytest.mark.parametrize(("text", "disabled"), [("true", True), ("TRUE ", True), ("False", None), ("", None)])
def test_waiting_can_be_disabled(text: str, disabled: bool | None) -> None:
    application, found = read_definition(annotated(install_disable_wait=text), AT)
    assert application is not None
    assert application.disable_wait is disabled
    assert found == []


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        (annotated(install_timeout="15"), "CZ3002", '"15" is no duration'),
        (annotated(upgrade_timeout="1d"), "CZ3002", "no duration"),
        (annotated(install_disable_wait="yes"), "CZ3001", "neither true nor false"),
        (changed("spec", "release", "prefix", to="Redis_"), "CZ3001", "cannot begin a release name"),
        (changed("spec", "release", "waitStrategy", to="patience"), "CZ3001", "waitStrategy"),
        (changed("spec", "release", "chartRef", to=None), "CZ3001", "chartRef is missing"),
        (changed("spec", "application", "kind", to="redis"), "CZ3001", "is no kind"),
        (changed("spec", "application", "openAPISchema", to="{"), "CZ3003", "is not JSON"),
        (changed("spec", "application", "openAPISchema", to="[]"), "CZ3003", "not a JSON object"),
        (changed("spec", "application", "openAPISchema", to='{"type": 5}'), "CZ3003", "is no schema"),
        (changed("kind", to="Definition"), "CZ3001", "expected"),
    ],
)
def test_a_malformed_definition_is_no_application(document: dict[str, Any], code: str, words: str) -> None:
    application, found = read_definition(document, AT)
    assert application is None
    assert [d.code for d in found] == [code]
    assert words in found[0].message
    assert found[0].place == AT


def test_health_checks_that_never_run_are_a_warning() -> None:
    document = annotated(install_disable_wait="true")
    document["spec"]["release"]["healthCheckExprs"] = [{"apiVersion": "v1", "kind": "Pod", "current": "true"}]
    application, found = read_definition(document, AT)
    assert application is not None
    assert [d.code for d in found] == ["CZ3007"]


def test_places_are_those_of_the_document() -> None:
    text = b"apiVersion: cozystack.io/v1alpha1\nkind: ApplicationDefinition\nmetadata:\n  name: 5\nspec: {}\n"
    document = read_documents(text, "x.yaml")[0][0]
    _, found = read_definition(document.body, document.place)
    assert found[0].place == Place("x.yaml", 4, 9)
