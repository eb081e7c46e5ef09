"""Every diagnostic code has a spec that it refuses, with the lines on which it has to say so."""

from __future__ import annotations

import re
from contextlib import chdir, redirect_stderr
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from text_snapshot import TextFile

from cozygen.catalog.importer import import_release
from cozygen.catalog.load import load_release
from cozygen.catalog.model import short_name
from cozygen.checks.packages import platform_checks
from cozygen.cli.printing import print_diagnostics
from cozygen.cli.reading import FILE, read_attachments, read_layer
from cozygen.compiler.families import Means
from cozygen.diagnostics import Diagnostic
from cozygen.diagnostics.registry import all_codes
from cozygen.pipeline import CHECKING, LINKING, parse_layers, run
from cozygen.platform.model import Platform
from cozygen.platform.packages_set import Package
from cozygen.sites import read_sites
from cozygen.spec.source import Layer, Source
from cozygen.yamlio import read_documents, value_place

INVALID = Path(__file__).parent / "invalid"
PACKAGE = "package.yaml"
CATALOG = "CZ300"
FOLDERS = sorted(path.name for path in INVALID.iterdir() if path.is_dir())
ELSEWHERE = {
    "CZ90": "output directories: tests/deliver",
    **dict.fromkeys(
        (f"CZ92{digit}" for digit in range(7)), "remotes, drift and delegation: tests/deliver, tests/review"
    ),
}
UNREACHED = {
    "CZ3131": "the value's shape refuses it first, as CZ1004 or CZ3137",
    "CZ3132": "only a cluster knows whether the Package is still there",
    "CZ3143": "the value's shape refuses it first, as CZ1004 or CZ3137",
    "CZ4030": "admission says it first, as CZ2101 or CZ2102",
    "CZ6080": "advice, which cozygen talos validate gives: tests/talos",
    "CZ6081": "advice, which cozygen talos validate gives: tests/talos",
    "CZ4121": "a tenant always names an ingress, root's at last",
    "CZ4142": "said once for the platform, as CZ3150 or CZ3151",
    "CZ4176": "every Kubernetes version that the schema takes runs on every Talos version that the chart knows",
}
"""Codes that no spec of the targeted release leads to."""
NAMELESS = {"CZ0001", "CZ0003", "CZ0005", "CZ1013", "CZ1014", "CZ1017", "CZ1018", "CZ1108", "CZ3000"}
"""Codes about a whole file or document, which has no value to name."""
MARK = re.compile(r"CZ[0-9]{4}")

Found = tuple[list[Diagnostic], dict[str, bytes]]


@cache
def found_in(folder: str) -> Found:
    """What is reported for a fixture, and the files that it was read from."""
    with chdir(INVALID / folder):
        if folder.startswith(CATALOG):
            files = {source.name: source.data for source in read_layer(".").sources}
            return import_release(files, "v0.0.1")[1], files
        if Path(FILE).exists():
            return _site(Path(FILE).read_bytes())
        if Path(PACKAGE).exists():
            return _package(Path(PACKAGE).read_bytes())
        return _spec(_layers())


def invalid_platform(folder: str) -> Platform:
    """The platform of a fixture, with all that is wrong with it."""
    with chdir(INVALID / folder):
        layers = _layers()
        parsed = parse_layers(layers)
        platform = run(parsed, read_attachments(parsed.references, layers), LINKING).platform
    assert platform is not None
    return platform


def _layers() -> tuple[Layer]:
    """The spec in the working directory, with the documents that every spec needs."""
    sources = tuple(_padded(source) for source in read_layer(".").sources)
    return (Layer("spec", (*sources, *_standard(sources)) if sources else ()),)


def _package(data: bytes) -> Found:
    """A platform's own Package, with values in upstream's shape, and Packages beside it."""
    (document, *others), problems = read_documents(data, PACKAGE)
    assert not problems
    spec = document.body["spec"]
    values = spec["components"]["platform"]["values"]
    place = value_place(spec, "variant") or document.place
    own = [Package(short_name(other.body["metadata"]["name"]), place=other.place) for other in others]
    return platform_checks(load_release("v1.6.2"), spec["variant"], values, own, place), {PACKAGE: data}


def _padded(source: Source) -> Source:
    """A file that is to be larger than anyone wants to keep in a repository."""
    size = Path(f"{source.name}.size")
    return Source(source.name, source.data.ljust(int(size.read_text()), b"#")) if size.exists() else source


def _site(data: bytes) -> Found:
    sites, problems = read_sites(data, FILE)
    if problems:
        return problems, {FILE: data}
    (site,) = sites
    lowest, *others = [read_layer(name) for name in site.layers]
    everything = [source for layer in (lowest, *others) for source in layer.sources]
    return _spec((Layer(lowest.name, (*lowest.sources, *_standard(tuple(everything)))), *others))


def _spec(layers: tuple[Layer, ...]) -> Found:
    parsed = parse_layers(layers)
    attachments = read_attachments(parsed.references, layers)
    state = run(parsed, attachments, CHECKING, Means(keep=False))  # as the commands do
    files = {source.name: source.data for layer in layers for source in layer.sources}
    return list(state.diagnostics), files | {name: source.data for name, source in attachments.items()}


def _standard(sources: tuple[Source, ...]) -> list[Source]:
    text = b"\n".join(source.data for source in sources)
    out = []
    if not re.search(rb"^kind: Platform|^# no platform", text, re.MULTILINE):
        out.append(Source("_platform.yaml", (INVALID / "_platform.yaml").read_bytes()))
    if not re.search(rb"name: root\s*[}\n]|^# no root", text):
        out.append(Source("_root.yaml", (INVALID / "_root.yaml").read_bytes()))
    return out


def marks(folder: str) -> set[tuple[str, int, str]]:
    """File, line and code of every mark of a fixture."""
    out = set()
    for path in sorted((INVALID / folder).rglob("*")):
        name = path.relative_to(INVALID / folder).as_posix()
        if path.name == "marks.txt":
            for line in path.read_text().splitlines():
                place, code = line.split()
                out.add((place.rpartition(":")[0], int(place.rpartition(":")[2]), code))
        elif path.is_file() and path.suffix in (".yaml", ".yml", ".json"):
            for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
                comment = line.rpartition(" # ")[2] if " # " in line else line.removeprefix("# ")
                if comment != line or line.startswith("# CZ"):
                    out.update((name, number, code) for code in MARK.findall(comment))
    return out


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_fixture_is_refused_where_it_is_marked_in_words_to_act_on(
    folder: str, snapshot: SnapshotAssertion
) -> None:
    """On the marked lines and nowhere else; what a person sees of it was reviewed."""
    found, files = found_in(folder)
    assert {(d.place.file, d.place.line, d.code) for d in found} == marks(folder)
    assert folder in {d.code for d in found}
    for item in found:
        says_enough(item, files)
    shown = StringIO()
    with redirect_stderr(shown):
        print_diagnostics(found, "text", files)
    assert shown.getvalue() == snapshot(extension_class=TextFile, name=f"{folder}/report")


def says_enough(item: Diagnostic, files: dict[str, bytes]) -> None:
    if item.is_error:
        assert item.hint, f"{item.code} without a hint: {item.message}"
    assert item.code in NAMELESS or named(item, files), (
        f"{item.code} names no value: {item.message} {dict(item.values)}"
    )
    assert not item.message.endswith("."), item.message


def named(item: Diagnostic, files: dict[str, bytes]) -> bool:
    """Whether a message names one of the values in question, or what stands at its place."""
    lines = files.get(item.place.file, b"").decode("utf-8", "replace").split("\n")
    line = lines[item.place.line - 1] if item.place.line <= len(lines) else ""
    before, at = line[: item.place.column - 1], line[item.place.column - 1 :]
    words = [*re.findall(r"[\w./@-]+", at)[:2], *re.findall(r"(\w{3,}): *[{\[]*", before)[-1:]]
    for value in item.values.values():
        found = map(str, value) if isinstance(value, (list, tuple)) else [str(value)]
        words.extend(
            part for text in found for part in (text, text.rpartition(".")[0], ".".join(text.split(".")[:2]))
        )
    return any(word.lower() in item.message.lower() for word in words if word)


def test_every_code_has_a_fixture() -> None:
    elsewhere = [code for code in all_codes() if code.startswith(tuple(ELSEWHERE)) or code in UNREACHED]
    missing = [code for code in all_codes() if code not in FOLDERS and code not in elsewhere]
    assert missing == [], f"no folder in tests/invalid for {', '.join(missing)}"


def test_every_fixture_has_a_code() -> None:
    assert [folder for folder in FOLDERS if folder not in all_codes()] == []
