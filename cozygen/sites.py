"""``cozygen.yaml``: the sites of a repository, their layers and output directories. Pure: bytes in, sites out."""

from __future__ import annotations

from posixpath import normpath

from cozygen.diagnostics import Diagnostic, Place
from cozygen.record import Record
from cozygen.schema import Schema
from cozygen.schema.build import list_of, map_of, obj, text
from cozygen.spec.codes import SITE_FILE
from cozygen.yamlio import Map, deep_place, key_place, read_documents

_PATH = text(pattern=r"\S", says="is no path", hint="write a path relative to this file")
SITES_SHAPE = obj(
    {
        "sites": map_of(
            obj(
                {
                    "layers": list_of(_PATH, "Directories or files of the spec, later ones win.", least=1),
                    "output": _PATH | {"description": "The directory that the site is rendered into."},
                },
                required=["layers", "output"],
            ),
            "Sites by name.",
        )
        | {"minProperties": 1}
    },
    required=["sites"],
)
_SHAPE = Schema(SITES_SHAPE)


class SiteFile(Record):
    """A site as ``cozygen.yaml`` names it; paths are relative to that file."""

    name: str
    layers: tuple[str, ...]
    output: str
    place: Place


def read_sites(data: bytes, file: str) -> tuple[tuple[SiteFile, ...], list[Diagnostic]]:
    """The sites in the order of the file."""
    documents, problems = read_documents(data, file)
    if problems:
        return (), problems
    if len(documents) != 1:
        return (), [
            SITE_FILE.at(
                Place(file, 1, 1), "cozygen.yaml has to hold one document with sites", hint="write sites: …"
            )
        ]
    body = documents[0].body
    for violation in _SHAPE.violations(body):
        on_key = violation.kind == "unknown"
        where = ".".join(map(str, violation.path))
        said = ".".join(map(str, violation.path[:-1])) if on_key else where
        problems.append(
            SITE_FILE.at(
                deep_place(body, violation.path, documents[0].place, key=on_key),
                f"{said}: {violation.message}" if said else violation.message,
                hint=violation.hint,
                values={"path": where},
            )
        )
    if problems:
        return (), problems
    sites: Map = body["sites"]
    found = []
    outputs: dict[str, str] = {}
    for name, item in sites.items():
        place = key_place(sites, name) or documents[0].place
        output = normpath(item["output"])
        other = outputs.setdefault(output, name)
        if other != name:
            problems.append(
                SITE_FILE.at(
                    deep_place(item, ("output",), place),
                    f"the sites {other} and {name} are both rendered into {output}",
                    hint="give each site an output directory of its own",
                    values={"output": output},
                )
            )
        found.append(SiteFile(name, tuple(item["layers"]), output, place))
    return tuple(found), problems
