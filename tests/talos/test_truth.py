"""cozygen's configurations, secrets and schematics, judged by Talos' own configuration library."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml
from machines import loaded, world
from test_documents import ALL, machines
from test_rules import broken
from test_rules import test_other_documents as other_documents
from test_rules import test_the_main_document as main_document
from truth import Talos, differences, talos

from cozygen.checks.talos.rules import judge
from cozygen.deliver.talos_keys import Clock, new_bundle
from cozygen.emit.talos.bundle import PLACEHOLDER, bundle_of, missing_fields
from cozygen.emit.talos.schematic import schematic_text, writable
from cozygen.platform.machines.schematic import Schematic
from cozygen.yamlio import dump, dump_all

pytestmark = pytest.mark.truth

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


@pytest.mark.parametrize("case", main_document.pytestmark[0].args[1], ids=lambda case: case[2][:60])
def test_talos_refuses_what_the_rules_refuse_in_the_main_document(
    case: tuple[str, Any, str], asked: Talos
) -> None:
    path, value, finding = case
    documents = _changed(path, value)
    _refused(asked, documents, finding)


@pytest.mark.parametrize("case", other_documents.pytestmark[0].args[1], ids=lambda case: case[1][:60])
def test_talos_refuses_what_the_rules_refuse_in_other_documents(case: tuple[Any, str], asked: Talos) -> None:
    document, finding = case
    replaced = (document["kind"], document.get("name"))
    kept = [d for d in world("oracle").configuration("oci1") if (d.get("kind"), d.get("name")) != replaced]
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


def test_the_rules_find_whatever_talos_refuses(asked: Talos) -> None:
    """Every field of a full configuration, taken out or given a value that cannot be."""
    missed = []
    documents = world("everything").configuration("cp1", PLACEHOLDER)
    for index, document in enumerate(documents):
        for path in _paths(document):
            for value in (None, "no such thing", -1):
                changed = deepcopy(documents)
                _set(changed[index], path, value)
                if path[-1] == "match" and value == "no such thing":
                    continue  # whether a CEL expression is any takes CEL to say
                if "error" in asked.ask("validate", config=dump_all(changed)) and not judge(changed):
                    missed.append(f"{document.get('kind', 'main')} {'.'.join(map(str, path))} = {value}")
    assert "\n".join(missed) == ""


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


TEXTS = (
    "console=ttyS0,115200n8", "a: b", "a #b", "a:b", "-x", "- x", "-", "? x", "?x", ":x", "@x", "`x", "%x", "!x",
    "&x", "*x", "[x", "{x", "]x", "}x", "|x", ">x", "'x'", '"x"', "it's", 'say "x"', ",x", "#x", "true", "True",
    "no", "on", "y", "null", "~", "8", "-8", "1.5", "1e3", "0x1f", "0o7", "010", "1_000", "12:30:45", "1:30",
    "2024-01-01", "2024-01-01T00:00:00Z", ".inf", "-.inf", ".nan", "<<", "=", "---", "...", "--- a", "a  b", "x:",
    "a=b", "a\\b", "net.ifnames=0", "talos.platform=metal", "a,b", "a;b", "100Gi", "+1", "1.", ".5", "0b11",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_schematics_quote_as_the_image_factory_does(text: str, asked: Talos) -> None:
    assert writable(text)
    ours = schematic_text(Schematic((), kernel_args=(text,))).splitlines()[2].strip()
    assert ours == str(asked.ask("yaml", value=[text])["text"]).rstrip("\n")


@pytest.mark.parametrize("text", ["a: 1\nb: 2\n", "one\ntwo", "one\n\n  two\nthree\n"])
def test_values_of_several_lines_are_blocks(text: str, asked: Talos) -> None:
    assert writable(text)
    ours = yaml.safe_load(schematic_text(Schematic((), meta=((10, text),))))
    assert ours["customization"]["meta"][0]["value"] == text
    block = schematic_text(Schematic((), meta=((10, text),))).splitlines()[3].rpartition(": ")[2]
    assert block == str(asked.ask("yaml", value=[text])["text"]).splitlines()[0].removeprefix("- ")


def test_what_is_right_needs_no_exception() -> None:
    assert broken("controlplane") == []
