"""The JSON Schema of a whole spec, as editors complete and check with it."""

from __future__ import annotations

from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.schema.build import Document, obj
from cozygen.spec.documents import KINDS
from cozygen.spec.model import API_VERSION
from cozygen.spec.shapes.common import labels
from cozygen.spec.shapes.set import Shapes

_ABOUT = {
    "Platform": "What a site is made of apart from its tenants and machines.",
    "Tenant": "A tenant: quota, services, applications, tenant clusters, child tenants.",
    "Hardware": "The machines of the management cluster.",
    "Blueprint": "A parameterised fragment of a tenant.",
    "Policy": "A rule over what the spec compiles to.",
    "Waiver": "An agreed exception from a policy.",
}


def editor_schema(release: CatalogRelease) -> dict[str, Any]:
    """One schema for any document of the spec: the kind chooses the shape."""
    shapes = Shapes(release)
    tenant = shapes.editor_tenant
    definitions = dict(tenant["$defs"])
    for kind in KINDS:
        if kind != "Tenant":
            definitions[kind] = shapes.of(kind).document
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://cozygen.io/schemas/{release.version}/spec.json",
        "title": f"cozygen spec for Cozystack {release.version}",
        "oneOf": [_document(kind) for kind in KINDS],
        "$defs": definitions,
    }


def _document(kind: str) -> Document:
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
            "spec": {"$ref": f"#/$defs/{kind}"},
        },
        _ABOUT[kind],
        required=["apiVersion", "kind", "metadata"],
    )


_NAMES = {
    "Tenant": "The tenant's path: acme, acme/web, acme/web/dev. root is the tenant that the platform makes itself.",
    "Platform": "The site's name.",
}
