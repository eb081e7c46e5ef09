import json

from cozygen.catalog.codec import encode
from cozygen.catalog.importer import import_release
from cozygen.catalog.load import release_of

SCHEMA = json.dumps({"type": "object", "properties": {"size": {"type": "string"}}})
DEFINITION = f"""
apiVersion: cozystack.io/v1alpha1
kind: ApplicationDefinition
metadata: {{name: foo}}
spec:
  application: {{kind: Foo, plural: foos, singular: foo, openAPISchema: '{SCHEMA}'}}
  release:
    prefix: foo-
    chartRef: {{kind: ExternalArtifact, name: cozystack-foo-application-default-foo, namespace: cozy-system}}
"""
SOURCE = """
apiVersion: cozystack.io/v1alpha1
kind: PackageSource
metadata:
  name: cozystack.foo-application
  annotations: {operator.cozystack.io/skip-cozystack-values: "true"}
spec:
  variants:
  - name: default
    dependsOn: [cozystack.foo-operator]
    libraries: [{path: library/cozy-lib}]
    components:
    - {name: foo, path: apps/foo, libraries: [cozy-lib]}
    - name: foo-rd
      path: system/foo-rd
      install: {namespace: cozy-system, dependsOn: [foo-crds]}
    - name: foo-crds
      path: system/foo-crds
      valuesFiles: [values.yaml, values-foo.yaml]
      install: {namespace: cozy-system, releaseName: crds, privileged: true, upgradeCRDs: CreateReplace}
---
apiVersion: cozystack.io/v1alpha1
kind: PackageSource
metadata: {name: cozystack.foo-operator}
spec: {variants: [{name: default, components: []}]}
"""


def imported(**files: str) -> tuple[object, list[str]]:
    documents, found = import_release({f"{n}.yaml": t.encode() for n, t in files.items()}, "v9.9.9")
    return release_of("v9.9.9", documents), [f"{d.place} {d.code} {d.message}" for d in found]


def test_definitions_find_their_package() -> None:
    documents, found = import_release({"a.yaml": DEFINITION.encode(), "b.yaml": SOURCE.encode()}, "v9.9.9")
    assert found == []
    release = release_of("v9.9.9", documents)
    assert release.applications["Foo"].package == "foo-application"
    source = release.packages["foo-application"]
    assert not source.cluster_values
    variant = source.variants["default"]
    assert variant.depends_on == ("foo-operator",)
    assert variant.libraries == {"cozy-lib": "library/cozy-lib"}
    assert [c.name for c in variant.installed] == ["foo-rd", "foo-crds"]
    install = variant.installed[1].install
    assert install is not None
    assert (install.release, install.privileged, install.upgrade_crds) == ("crds", True, "CreateReplace")


def test_equal_input_gives_equal_bytes_in_any_order() -> None:
    files = {"a.yaml": DEFINITION.encode(), "b.yaml": SOURCE.encode()}
    forwards, _ = import_release(files, "v1")
    backwards, _ = import_release(dict(reversed(files.items())), "v1")
    assert {n: encode(d) for n, d in forwards.items()} == {n: encode(d) for n, d in backwards.items()}


def test_documents_of_other_kinds_are_passed_over() -> None:
    _, found = imported(a="apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n", b=SOURCE)
    assert found == []


def test_everything_that_does_not_fit_names_its_file() -> None:
    _, found = imported(
        broken="a: [",
        definition=DEFINITION.replace("prefix: foo-", "prefix: Foo"),
        source=SOURCE.replace("namespace: cozy-system, dependsOn", "dependsOn"),
    )
    assert [line.split(":")[0] for line in found] == ["broken.yaml", "definition.yaml", "source.yaml"]


def test_what_a_package_depends_on_has_to_exist() -> None:
    _, found = imported(a=SOURCE.replace("cozystack.foo-operator]", "cozystack.fo-operator]"))
    assert len(found) == 1
    assert "depends on the package fo-operator" in found[0]


def test_components_install_after_components_of_their_variant() -> None:
    _, found = imported(a=SOURCE.replace("[foo-crds]", "[crds]"))
    assert len(found) == 1
    assert "foo-rd" in found[0]
    assert "installs after crds" in found[0]


def test_a_chart_that_no_package_brings() -> None:
    _, found = imported(a=DEFINITION)
    assert len(found) == 1
    assert "no package brings" in found[0]


def test_a_name_is_taken_once() -> None:
    _, found = imported(a=DEFINITION, b=DEFINITION, c=SOURCE, d=SOURCE)
    assert [line.split()[1] for line in found] == ["CZ3005"] * 3
