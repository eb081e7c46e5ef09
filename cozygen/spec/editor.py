"""The JSON Schema of a whole spec, as editors complete and check with it."""

from __future__ import annotations

from functools import reduce
from typing import Any

import msgspec

from cozygen.catalog.load import CatalogRelease
from cozygen.charts import secret_paths
from cozygen.schema.build import Document, obj, one_of
from cozygen.spec.documents import KINDS
from cozygen.spec.model import API_VERSION
from cozygen.spec.shapes.common import labels, secret_ref
from cozygen.spec.shapes.set import Shapes

_ABOUT = {
    "Platform": "What a site is made of apart from its tenants and machines.",
    "Tenant": "A tenant: quota, services, applications, tenant clusters, child tenants.",
    "Hardware": "The machines of the management cluster.",
    "Blueprint": "A parameterised fragment of a tenant.",
    "Policy": "A rule over what the spec compiles to.",
    "Waiver": "An agreed exception from a policy.",
}


def editor_schema(release: CatalogRelease, *, layer: bool = False) -> dict[str, Any]:
    """One schema for any document of the spec: the kind chooses the shape.

    With ``layer`` it is the schema of documents that refine others: nothing is required, and null removes.
    """
    shapes = Shapes(release)
    definitions = dict(shapes.editor_tenant["$defs"])
    definitions["Tenant"] = _with_references(definitions["Tenant"])
    definitions["SecretRef"] = secret_ref("A key of a Secret that the tenant declares under secrets.")
    for kind in KINDS:
        if kind != "Tenant":
            definitions[kind] = shapes.of(kind).document
    if layer:
        definitions = {name: _refining(schema) for name, schema in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://cozygen.io/schemas/{release.version}/spec.json",
        "description": f"A spec of cozygen for Cozystack {release.version}.",
        "oneOf": [_document(kind, layer=layer) for kind in KINDS],
        "$defs": definitions,
    }


def editor_schema_text(release: CatalogRelease, *, layer: bool = False) -> str:
    """The same as the text of a file."""
    schema = msgspec.json.encode(editor_schema(release, layer=layer))
    return msgspec.json.format(schema, indent=1).decode() + "\n"


def _document(kind: str, *, layer: bool) -> Document:
    metadata = obj(
        {
            "name": {"type": "string", "description": _NAMES.get(kind, f"The {kind}'s name.")},
            "labels": labels("Labels."),
            "annotations": labels("Annotations."),
        },
        required=["name"],
    )
    return obj(
        {
            "apiVersion": {"const": API_VERSION},
            "kind": {"const": kind},
            "metadata": metadata,
            "spec": {"anyOf": [{"$ref": f"#/$defs/{kind}"}, _NULL]} if layer else {"$ref": f"#/$defs/{kind}"},
        },
        _ABOUT[kind],
        required=["apiVersion", "kind", "metadata"],
    )


def _with_references(tenant: Document) -> Document:
    """A tenant whose apps may take secret values from Secrets, and whose kinds may stand empty."""
    apps = tenant["properties"]["apps"]
    kinds = {
        kind: one_of([reduce(_with_reference, secret_paths(kind), named), _NULL])
        for kind, named in apps["properties"].items()
    }
    return {**tenant, "properties": {**tenant["properties"], "apps": {**apps, "properties": kinds}}}


def _with_reference(named: Document, path: str) -> Document:
    values, null = named["additionalProperties"]["anyOf"]
    return {**named, "additionalProperties": {"anyOf": [_referring(values, path.split(".")), null]}}


def _referring(schema: Document, path: list[str]) -> Document:
    """``schema`` with a reference as a further form of the value at ``path``; what it leaves open stays so."""
    if not path:
        return one_of([schema, {"$ref": "#/$defs/SecretRef"}])
    step, rest = path[0], path[1:]
    word = {"*": "additionalProperties", "#": "items"}.get(step)
    if word is not None:
        return {**schema, word: _referring(schema[word], rest)} if word in schema else schema
    properties = schema.get("properties", {})
    if step not in properties:
        return schema
    return {**schema, "properties": {**properties, step: _referring(properties[step], rest)}}


def _refining(schema: Document) -> Document:
    out = {key: value for key, value in schema.items() if key not in ("required", "minItems")}
    if "properties" in out:
        out["properties"] = {key: _removable(item) for key, item in out["properties"].items()}
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = _removable(out["additionalProperties"])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in out:
            out[word] = [_refining(item) for item in out[word]]
    if isinstance(out.get("items"), dict):
        out["items"] = schema["items"]  # lists replace, so their entries are whole
    return out


def _removable(schema: Document) -> Document:
    refining = _refining(schema)
    about = {"description": refining.pop("description")} if "description" in refining else {}
    return {"anyOf": [refining, _NULL], **about}


_NULL: Document = {"type": "null"}
_NAMES = {
    "Tenant": "The tenant's path: acme, acme/web, acme/web/dev. root is the tenant that the platform makes itself.",
    "Platform": "The site's name.",
}
