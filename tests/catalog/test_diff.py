import copy
from typing import Any

import pytest

from cozygen.catalog.diff import Change, diff
from cozygen.catalog.diff_text import render_text
from cozygen.catalog.load import CatalogRelease, load_release, release_of, versions

APPLICATIONS: dict[str, Any] = {
    "$defs": {},
    "applications": {
        "Foo": {
            "definition": "foo",
            "plural": "foos",
            "prefix": "foo-",
            "chart": "cozystack-foo",
            "values": {
                "type": "object",
                "properties": {
                    "size": {"type": "string", "default": "1Gi"},
                    "version": {"type": "string", "enum": ["v1", "v2"]},
                    "users": {
                        "type": "object",
                        "additionalProperties": {"type": "object", "properties": {"a": {}}},
                    },
                },
            },
        }
    },
}
PACKAGES: dict[str, Any] = {
    "packages": {
        "foo": {
            "variants": {"default": {"dependsOn": ["bar"], "components": {"foo": {"path": "system/foo"}}}}
        },
        "bar": {"variants": {"default": {}}},
    }
}


def release(
    applications: dict[str, Any] = APPLICATIONS, packages: dict[str, Any] = PACKAGES
) -> CatalogRelease:
    return release_of("v1", {"applications.json": applications, "packages.json": packages})


def edited(document: dict[str, Any], *path: str, to: Any) -> dict[str, Any]:
    out = copy.deepcopy(document)
    here = out
    for step in path[:-1]:
        here = here[step]
    if to is None:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return out


FOO = ("applications", "Foo")
VALUES = (*FOO, "values", "properties")
FOO_PACKAGE = ("packages", "foo", "variants")


@pytest.mark.parametrize(
    ("path", "to", "line"),
    [
        ((*FOO, "prefix"), "fu-", '~ prefix "foo-" → "fu-"'),
        ((*FOO, "installTimeout"), "15m0s", '~ install timeout "10m0s" → "15m0s"'),
        ((*VALUES, "size"), None, '- size (string, default "1Gi")'),
        ((*VALUES, "size", "default"), "2Gi", '~ size: default "1Gi" → "2Gi"'),
        ((*VALUES, "size", "type"), "integer", '~ size: type "string" → "integer"'),
        ((*VALUES, "version", "enum"), ["v2", "v3"], "~ version: no longer v1, now also v3"),
        ((*VALUES, "new"), {"type": "boolean"}, "+ new (boolean)"),
        ((*VALUES, "users", "additionalProperties", "properties", "b"), {}, "+ users.*.b (any)"),
        ((*FOO, "values", "required"), ["size"], "~ now requires size"),
    ],
)
def test_changes_of_a_kind(path: tuple[str, ...], to: Any, line: str) -> None:
    text = render_text(diff(release(), release(edited(APPLICATIONS, *path, to=to))))
    changes = [
        row.strip() for row in text.splitlines() if row.strip() and row.strip() not in ("Applications", "Foo")
    ]
    assert line in changes
    assert len(changes) == (2 if "timeout" in line else 1)


@pytest.mark.parametrize(
    ("path", "to", "line"),
    [
        (("packages", "baz"), {"variants": {}}, "+ baz"),
        (("packages", "bar"), None, "- bar"),
        ((*FOO_PACKAGE, "kubevirt"), {}, "+ variant kubevirt"),
        ((*FOO_PACKAGE, "default", "dependsOn"), ["qux"], "+ [default] depends on qux"),
        ((*FOO_PACKAGE, "default", "dependsOn"), [], "- [default] depends on bar"),
        ((*FOO_PACKAGE, "default", "components"), {}, "- component default/foo"),
        (
            (*FOO_PACKAGE, "default", "components", "foo", "path"),
            "x",
            '~ default/foo: chart "system/foo" → "x"',
        ),
    ],
)
def test_changes_of_a_package(path: tuple[str, ...], to: Any, line: str) -> None:
    text = render_text(diff(release(), release(packages=edited(PACKAGES, *path, to=to))))
    assert line in [row.strip() for row in text.splitlines()]


def test_another_order_of_allowed_values_is_no_change() -> None:
    other = edited(APPLICATIONS, *VALUES, "version", "enum", to=["v2", "v1"])
    assert diff(release(), release(other)) == []


@pytest.mark.parametrize("version", versions())
def test_a_release_does_not_differ_from_itself(version: str) -> None:
    assert diff(load_release(version), load_release(version)) == []
    assert render_text([]) == "no differences\n"


def test_between_releases() -> None:
    changes = diff(load_release("v1.5.4"), load_release("v1.6.2"))
    assert changes == sorted(
        changes, key=lambda c: ["application", "package", "bundle", "platform"].index(c.area)
    )
    assert Change("application", "KubernetesNodes", "added", "kind") in changes
    assert Change("application", "Kubernetes", "changed", "allowed", "version", ["v1.30"]) in changes
    assert (
        Change("package", "etcd-application", "added", "dependency", "default", None, "cozystack-engine")
        in changes
    )
    assert any(
        c.area == "bundle" and c.name == "securitygroup-controller" and c.kind == "added" for c in changes
    )
    added = {c.path for c in changes if c.area == "platform" and c.kind == "added"}
    assert {"monitoring", "publishing.certificates.wildcard", "publishing.loadBalancerClass"} <= added


def test_turning_it_around_swaps_added_and_removed() -> None:
    old, new = load_release("v1.5.4"), load_release("v1.6.2")
    swap = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(c.area, c.name, c.what, c.path, swap[c.kind]) for c in diff(old, new)}
    assert there == {(c.area, c.name, c.what, c.path, c.kind) for c in diff(new, old)}
