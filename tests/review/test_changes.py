"""Two versions of rendered files, object by object, and the words for it."""

from cozygen.review.attribution import Owner
from cozygen.review.changes import Action, FileChange, compare
from cozygen.review.proposal import counts, sections
from cozygen.review.summary import message, subject


def release(name: str, namespace: str, kind: str = "Redis", **values: object) -> str:
    prefix = "tenant-" if kind == "Tenant" else f"{kind.lower()}-"
    lines = "".join(f"    {key}: {value}\n" for key, value in values.items())
    return (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  labels:\n"
        f"    apps.cozystack.io/application.kind: {kind}\n    apps.cozystack.io/application.name: {name}\n"
        f"  name: {prefix}{name}\n  namespace: {namespace}\nspec:\n  values:\n{lines or '    {}'}"
    )


def docs(*texts: str) -> bytes:
    return "---\n".join(text if text.endswith("\n") else text + "\n" for text in texts).encode()


PATH = "tenants/acme/apps/releases.yaml"


def test_added_changed_and_removed() -> None:
    old = docs(release("a", "tenant-acme", size="1Gi"), release("b", "tenant-acme", size="1Gi"))
    new = docs(release("a", "tenant-acme", size="2Gi"), release("c", "tenant-acme", size="1Gi"))
    found = compare([FileChange(PATH, old, new)])
    assert [(c.action.value, c.title) for c in found.objects] == [
        ("changed", "Redis a"),
        ("removed", "Redis b"),
        ("added", "Redis c"),
    ]
    assert [f.path for f in found.objects[0].fields] == [("spec", "values", "size")]


def test_an_object_that_moved_to_another_file_did_not_change() -> None:
    text = docs(release("a", "tenant-acme", size="1Gi"))
    assert (
        compare([FileChange("tenants/acme/x.yaml", text, None), FileChange(PATH, None, text)]).objects == ()
    )


def test_numbers_that_kubernetes_takes_as_equal_are_equal() -> None:
    old, new = docs(release("a", "tenant-acme", size="1")), docs(release("a", "tenant-acme", size="1.0"))
    assert compare([FileChange(PATH, old, new)]).objects == ()
    assert compare([FileChange(PATH, old, docs(release("a", "tenant-acme", size="true")))]).objects


def test_a_tenant_s_own_release_is_the_tenant_s() -> None:
    text = docs(release("web", "tenant-acme", "Tenant"))
    (change,) = compare([FileChange("tenants/acme-web/tenant/release.yaml", None, text)]).objects
    assert (change.owner, change.title) == (Owner("tenant", "acme/web"), "tenant")


def test_many_files_are_counted_and_not_read() -> None:
    files = [FileChange(f"tenants/t{n}/apps/releases.yaml", b": no yaml", b"x") for n in range(500)]
    found = compare(files)
    assert (found.detailed, len(found.owners)) == (False, 500)
    assert subject("prod", found, first=False) == "prod: change 500 rendered files of 500 tenants"


def test_a_file_that_is_no_yaml_does_not_stop_anything() -> None:
    found = compare([FileChange(PATH, b"a: [", docs(release("a", "tenant-acme")))])
    assert [c.action for c in found.objects] == [Action.ADDED]


def test_the_subject_names_what_and_whom() -> None:
    def change(tenant: str, name: str) -> FileChange:
        path = f"tenants/{tenant}/apps/releases.yaml"
        return FileChange(path, None, docs(release(name, f"tenant-{tenant}")))

    assert subject("prod", compare([change("acme", "a")]), first=False) == "acme: add Redis a"
    two = compare([change("acme", "a"), change("globex", "a")])
    assert subject("prod", two, first=False) == "acme, globex: add Redis a 2 times"
    many = compare([change(f"verylongname{n}", f"r{n}") for n in range(9)])
    assert subject("prod", many, first=False) == "9 tenants: 9 added"
    only_plumbing = compare([FileChange("flux/tenants.yaml", b"a: 1\n", b"a: 2\n")])
    assert subject("prod", only_plumbing, first=False) == "prod: change 1 rendered file"


def test_a_message_s_lines_stay_short_and_it_ends_with_its_trailers() -> None:
    files = [
        FileChange("tenants/acme/tenant/release.yaml", None, docs(release("acme", "tenant-root", "Tenant"))),
        FileChange(PATH, None, docs(*(release(f"r{n:02}", "tenant-acme") for n in range(20)))),
    ]
    text = message(
        "prod", compare(files), {"Cozygen-Version": "1", "Cozygen-Output": "sha256:0"}, first=False
    )
    assert text.splitlines()[:4] == [
        "acme: add tenant with 20 objects",
        "",
        "acme (new tenant)",
        "  + Redis r00",
    ]
    assert "  and 9 more" in text
    assert text.endswith("\n\nCozygen-Version: 1\nCozygen-Output: sha256:0\n")
    assert all(len(line) <= 72 for line in text.splitlines()[:1])


def test_a_proposal_shows_values_and_cannot_break_out_of_its_marks() -> None:
    old, new = (
        docs(release("a", "tenant-acme", note="x")),
        docs(release("a", "tenant-acme", note='"`<b>`\\n#"')),
    )
    (section,) = sections(compare([FileChange(PATH, old, new)]))
    (field,) = section["items"][0]["fields"]
    assert (field["name"], field["old"]) == ("note", "x")
    assert "`" not in field["new"]
    assert counts(compare([FileChange(PATH, old, new)]))["objects"] == {
        "added": 0,
        "changed": 1,
        "removed": 0,
    }
