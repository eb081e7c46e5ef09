"""cozygen's configurations, secrets and schematics, judged by Talos' own configuration library."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from machines import HERE, every_kind, loaded, with_every_section, world
from test_documents import ALL, machines
from test_expressions import RIGHT, UNKNOWN, WRONG, selecting
from test_rules import broken
from test_rules import test_other_documents as other_documents
from test_rules import test_the_main_document as main_document
from truth import Talos, differences, factory_ids, program, talos

from cozygen.checks.talos.rules import judge
from cozygen.cli.main import cli
from cozygen.deliver.talos_keys import Clock, new_bundle
from cozygen.emit.talos.boot import vlan_device
from cozygen.emit.talos.bundle import PLACEHOLDER, bundle_of, missing_fields
from cozygen.emit.talos.schematic import certain, schematic_id, schematic_text, writable
from cozygen.platform.machines.schematic import Overlay, Schematic
from cozygen.yamlio import dump, dump_all

STRICTER = {
    "machine.install.image: the installer's image is gone": "without it Talos takes its own image, without drbd",
    "machine.files.0.path: /etc/x cannot be made: only /var can take new files": "found only when the machine starts",
    "machine.files.0.op: make is not possible for op": "found only when the machine starts",
    "cluster.network.podSubnets.0: 10.0.0.0 is no network": "found only when the control plane starts",
    "cluster.apiServer.extraArgs.v: v: True is no text": "its schema alone refuses it",
    "cluster.coreDNS.disabled: Cozystack uses the CoreDNS that Talos runs": "Cozystack's need",
    "cluster.proxy.disabled: Cilium takes the place of kube-proxy": "Cozystack's need",
    "cluster.discovery.enabled: KubeSpan finds its peers by discovery, which is off": "looked at in the old form only",
    "LinkConfig x: routes.0: a route has neither destination nor gateway": "a route to everywhere through nothing",
}
"""What Talos' library lets through and cozygen does not, and why."""


@pytest.fixture(scope="module")
def asked() -> Iterator[Talos]:
    with talos() as running:
        yield running


@pytest.fixture(scope="module")
def secrets(asked: Talos) -> str:
    """A bundle that Talos' library made."""
    return str(asked.ask("secrets")["text"])


@pytest.mark.parametrize("name", ALL)
def test_talos_validates_every_configuration(name: str, asked: Talos, secrets: str) -> None:
    found, bundle = machines(name), bundle_of(yaml.safe_load(secrets))
    for node in found.platform.site.hardware.nodes:
        for own in (bundle, PLACEHOLDER):
            assert asked.ask("validate", config=dump_all(found.configuration(node, own))) == {}, node


@pytest.mark.parametrize("name", ALL)
def test_a_configuration_is_what_talos_generates_from_the_same_secrets(
    name: str, asked: Talos, secrets: str
) -> None:
    found, bundle = machines(name), bundle_of(yaml.safe_load(secrets))
    files, cluster = found.files(), found.cluster
    for node in found.platform.site.hardware.nodes.values():
        theirs = asked.ask(
            "generate",
            bundle=secrets,
            patch=files[f"talos/nodes/{node.name}.yaml"],
            role=node.role,
            cluster=cluster.name,
            endpoint=cluster.endpoint,
            kubernetes=cluster.kubernetes.removeprefix("v"),
        )
        assert "error" not in theirs, theirs
        ours = asked.ask("normalize", config=dump_all(found.configuration(node.name, bundle)))
        assert "error" not in ours, ours
        assert list(differences(_named(ours["text"]), _named(theirs["text"]))) == []


def _named(text: str) -> dict[str, Any]:
    return {" ".join(key): document for key, document in loaded(text).items()}


def test_talos_accepts_the_secrets_that_cozygen_makes(asked: Talos) -> None:
    bundle = new_bundle(Clock.real())
    text = dump(bundle.as_data())
    assert asked.ask("check-secrets", bundle=text) == {}
    found = world("hetzner")
    for node in found.platform.site.hardware.nodes:
        assert asked.ask("validate", config=dump_all(found.configuration(node, bundle))) == {}


def test_both_make_secrets_of_the_same_form(secrets: str) -> None:
    from test_secrets import described

    assert missing_fields(yaml.safe_load(secrets)) == []
    assert described(yaml.safe_load(secrets)) == described(new_bundle(Clock.real()).as_data())


def test_talos_refuses_what_the_rules_refuse_in_the_main_document(asked: Talos) -> None:
    for path, value, finding in main_document.pytestmark[0].args[1]:
        _refused(asked, _changed(path, value), finding)


def test_talos_refuses_what_the_rules_refuse_in_other_documents(asked: Talos) -> None:
    for document, finding in other_documents.pytestmark[0].args[1]:
        replaced = (document["kind"], document.get("name"))
        kept = [
            d for d in world("oracle").configuration("oci1") if (d.get("kind"), d.get("name")) != replaced
        ]
        _refused(asked, [*kept, document], finding)


def _changed(path: str, value: Any) -> list[Any]:
    documents = deepcopy(world("oracle").configuration("oci1"))
    at: Any = documents[0]
    *steps, last = path.split("/")
    for step in steps:
        at = at.setdefault(step, {})
    if value is None:
        at.pop(last, None)
    else:
        at[last] = value
    return documents


def _refused(asked: Talos, documents: list[Any], finding: str) -> None:
    answer = asked.ask("validate", config=dump_all(documents))
    if finding in STRICTER:
        assert "error" not in answer, f"Talos refuses it as well: {answer}"
    else:
        assert answer, finding


ODD = (
    None,
    "no such thing",
    "",
    -1,
    7_000_000,
    True,
    [],
    {},
    ["x"],
    [{}],
    "10.0.0.0/99",
    "5s",
    "http://x",
    "A=b",
)
"""Values that hardly any field takes."""
BEYOND = ("machine.baseRuntimeSpecOverrides",)
"""What only other software's own formats could judge: this one is the OCI runtime specification."""


def test_the_rules_find_whatever_talos_refuses_in_a_whole_configuration(asked: Talos) -> None:
    assert "\n".join(_missed(asked, world("everything").configuration("cp1", PLACEHOLDER))) == ""


def test_the_rules_find_whatever_talos_refuses_in_every_section(asked: Talos) -> None:
    assert "\n".join(_missed(asked, with_every_section())) == ""


def test_the_rules_find_whatever_talos_refuses_in_every_kind(asked: Talos) -> None:
    main, *_ = _changed("cluster/discovery/enabled", True)
    assert "\n".join(_missed(asked, [main, *every_kind()])) == ""


def _missed(asked: Talos, documents: list[Any]) -> Iterator[str]:
    """Every field of each document, taken out or given an odd value: what Talos refuses, and the rules do not."""
    main = documents[0]
    for document in documents:
        beside = [] if document is main else [main]
        assert asked.ask("validate", config=dump_all([*beside, document])) == {}, document
        for path in _paths(document):
            name = f"{document.get('kind', '')} {'.'.join(map(str, path))}".strip()
            for value in ODD if not name.startswith(BEYOND) else ():
                changed = deepcopy(document)
                _set(changed, path, value)
                whole = [*beside, changed]
                if "error" in asked.ask("validate", config=dump_all(whole)) and not judge(whole):
                    yield f"{name} = {value}"


@pytest.mark.parametrize("text", [*RIGHT, *WRONG, *UNKNOWN])
def test_expressions_are_read_as_talos_compiles_them(text: str, asked: Talos) -> None:
    documents = [*_changed("machine/type", "controlplane"), selecting(text)]
    assert ("error" in asked.ask("validate", config=dump_all(documents))) == (text not in RIGHT)
    assert bool(judge(documents)) == (text not in RIGHT)


@pytest.mark.parametrize(("parent", "number"), [("bond0", 20), ("enx525400000001", 4000), ("0123456789", 7)])
def test_vlans_of_the_command_line_have_the_names_that_talos_gives_them(
    parent: str, number: int, asked: Talos
) -> None:
    assert vlan_device(parent, number) == asked.ask("vlan-name", config=parent, number=number)["text"]


def test_talosctl_says_the_same_of_every_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "talosctl").symlink_to(program())
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(cli, ["talos", "validate", "--spec", str(HERE / "everything.yaml")])
    assert (result.exit_code, result.stdout.splitlines()[:3]) == (0, ["cp1: valid", "w1: valid", "w2: valid"])
    assert "validated by talosctl v1.13.6" in result.output


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


def _set(document: Any, path: tuple[Any, ...], value: Any) -> None:
    *steps, last = path
    for step in steps:
        document = document[step]
    if value is None:
        del document[last]
    else:
        document[last] = value


BLOCKS = ("a: 1\nb: 2\n", "one\ntwo", "one\n\n  two\nthree\n")
TEXTS = (
    "console=ttyS0,115200n8", "a: b", "a #b", "a:b", "-x", "- x", "-", "? x", "?x", ":x", "@x", "`x", "%x", "!x",
    "&x", "*x", "[x", "{x", "]x", "}x", "|x", ">x", "'x'", '"x"', "it's", 'say "x"', ",x", "#x", "true", "True",
    "no", "on", "y", "null", "~", "8", "-8", "1.5", "1e3", "0x1f", "0o7", "010", "1_000", "12:30:45", "1:30",
    "2024-01-01", "2024-01-01T00:00:00Z", ".inf", "-.inf", ".nan", "<<", "=", "---", "...", "--- a", "a  b", "x:",
    "a=b", "a\\b", "net.ifnames=0", "talos.platform=metal", "a,b", "a;b", "100Gi", "+1", "1.", ".5", "0b11",
)  # fmt: skip


SETTINGS = [
    Schematic(
        (), bootloader=bootloader, enroll_keys=enrolled, well_known_certificates=known, sector_size=size
    )
    for bootloader in (None, "sd-boot", "grub", "dual-boot")
    for enrolled in (None, "off", "manual", "if-safe", "force")
    for known in (False, True)
    for size in (None, 512, 4096)
]
OPTIONS: dict[str, Any] = {
    "z": {"q": "t\nu", "b": {"c": 1}}, "k": ["x\ny\n", "on", "8"], "B": True, "a": "-x", "e": {}, "f": [], "n": -5,
}  # fmt: skip


def test_ids_are_those_of_the_image_factory() -> None:
    assert all(writable(text) for text in (*TEXTS, *BLOCKS))
    assert certain(OPTIONS)
    schematics = [
        *SETTINGS,
        *(Schematic((), kernel_args=(text,)) for text in TEXTS),
        *(Schematic((), meta=((10, text), (11, "x"))) for text in (*TEXTS, *BLOCKS)),
        Schematic(overlay=Overlay("siderolabs/sbc", "rpi_generic", OPTIONS)),
        Schematic(
            ("siderolabs/drbd", "siderolabs/zfs"), ("a=b",), ((10, "x"),), None, "grub", "off", True, 4096
        ),
    ]
    assert [schematic_id(item) for item in schematics] == factory_ids(map(schematic_text, schematics))


def test_what_is_right_needs_no_exception() -> None:
    assert broken("controlplane") == []
