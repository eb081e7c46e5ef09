"""The whole: secrets, the fast path, codes, determinism."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import AROUND, Judge, found

from cozygen.catalog.load import load_release
from cozygen.charts import chart_of, faults, release_of, secret_paths
from cozygen.charts.registry import rules_of
from cozygen.charts.values import matches
from cozygen.diagnostics.registry import all_codes
from cozygen.record import replace

REF = {"secretRef": {"name": "credentials", "key": "password"}}
RELEASE = load_release("v1.6.2")
KINDS = sorted(RELEASE.applications)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("Postgres", {"users": {"app": {"password": REF}}, "bootstrap": {"enabled": True, "oldName": "old"},
                      "backup": {"s3AccessKey": REF, "s3SecretKey": REF}}),
        ("MariaDB", {"users": {"app": {"password": REF, "maxUserConnections": 1}},
                     "backup": {"enabled": True, "s3AccessKey": REF, "s3SecretKey": REF, "resticPassword": REF}}),
        ("RabbitMQ", {"users": {"app": {"password": REF}}}),
        ("ExternalDNS", {"provider": "cloudflare", "cloudflare": {"apiToken": REF}}),
        ("Monitoring", {"alerta": {"alerts": {"telegram": {"token": REF, "chatID": "1"}}}}),
    ],
)  # fmt: skip
def test_a_secret_may_be_a_reference(judge: Judge, kind: str, values: dict[str, Any]) -> None:
    assert judge(kind, values, "monitoring" if kind == "Monitoring" else "main") == []


def test_a_reference_stands_for_text() -> None:
    application = RELEASE.applications["RabbitMQ"]
    release = release_of(application, "main", {"users": {"app": {"password": REF}}}, AROUND)
    assert isinstance(release.values["users"]["app"]["password"], str)
    assert release.given == {"users": {"app": {"password": REF}}}


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (
            "RabbitMQ",
            {"users": {"app": {"password": {"secretRef": {"name": "x"}}}}},
            ["CZ4001 users.app.password"],
        ),
        ("Redis", {"storageClass": REF}, ["CZ4001 storageClass"]),
    ],
)
def test_other_mappings_are_no_references(
    judge: Judge, kind: str, values: dict[str, Any], said: list[str]
) -> None:
    assert judge(kind, values) == said


@pytest.mark.parametrize("kind", KINDS)
def test_secret_paths_exist(kind: str) -> None:
    schema = RELEASE.applications[kind].schema
    for path in secret_paths(kind):
        part: Any = schema
        for step in path.split("."):
            if part.get("x-kubernetes-preserve-unknown-fields"):
                break
            part = part["additionalProperties"] if step == "*" else part.get("properties", {}).get(step, {})
        assert part or path.startswith("backup."), path


@pytest.mark.parametrize("kind", KINDS)
def test_rules_speak_of_values_that_some_release_has(kind: str) -> None:
    shipped = [
        load_release(version).applications[kind].schema
        for version in ("v1.5.4", "v1.6.2")
        if kind in load_release(version).applications
    ]
    rules = rules_of(kind)
    spoken = [text.path for text in rules.texts] + [kept.path for kept in rules.resources] + list(rules.nulls)
    for path in spoken + [made.path for made in rules.derived] + list(rules.loops):
        assert any(_stated(schema, path.split(".")) for schema in shipped), path


def _stated(schema: Any, steps: list[str]) -> bool:
    if not steps or not schema:
        return bool(schema) or not steps
    step, rest = steps[0], steps[1:]
    if step == "~":
        return "additionalProperties" in schema
    part = {"*": schema.get("additionalProperties"), "#": schema.get("items")}.get(
        step, schema.get("properties", {}).get(step)
    )
    return part is not None and _stated(part, rest)


def test_codes_are_in_their_range_and_told_in_full() -> None:
    codes = [code for code in all_codes().values() if "CZ4000" <= code.id < "CZ4500"]
    assert len(codes) > 25
    for code in codes:
        assert code.why.endswith(".")
        assert code.fix.endswith(".")
        assert not code.title.endswith(".")


POSTGRES = st.fixed_dictionaries(
    {},
    optional={
        "replicas": st.sampled_from([0, 2, -1, 2**40, "2", None]),
        "size": st.sampled_from(["10Gi", 5, "1e3", "", "x", None, 0.5]),
        "storageClass": st.sampled_from(["local", "", "a: b", "true", "#x", 5]),
        "resourcesPreset": st.sampled_from(["s1.small", "nano", "x", None]),
        "external": st.sampled_from([True, "yes", None]),
        "users": st.dictionaries(
            st.sampled_from(["app", "a\nb", "postgres"]), st.sampled_from([{}, None, REF])
        ),
        "unknown": st.just(1),
    },
)


@settings(deadline=None)
@given(POSTGRES)
def test_what_the_fast_path_takes_the_slow_path_takes(values: dict[str, Any]) -> None:
    chart = chart_of(RELEASE.applications["Postgres"])
    release = chart.release("main", values, AROUND)
    closely = list(chart._misshapen(release)) or list(chart._closer(release))
    if chart.plain.valid(values):
        assert closely == []


@settings(deadline=None)
@given(POSTGRES)
def test_the_same_is_said_twice(values: dict[str, Any]) -> None:
    assert found("Postgres", values) == found("Postgres", values)


def test_a_release_is_judged_for_its_own_version() -> None:
    release = release_of(RELEASE.applications["Qdrant"], "x" * 46, {}, AROUND)
    earlier = replace(release, around=replace(AROUND, version="v1.5.4"))
    assert [f.code.id for f in faults(release, RELEASE.applications["Qdrant"])] == ["CZ4031"]
    assert faults(earlier, RELEASE.applications["Qdrant"]) == []


def test_matches_and_rules_use_one_notation() -> None:
    assert list(matches({"a": [{"b": "x"}]}, ["a", "#", "b"])) == [(("a", 0, "b"), "x")]
