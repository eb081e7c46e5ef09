"""One ApplicationDefinition read: from the document that a release or a user has to an :class:`Application`.

Rests on cozystack.io/v1alpha1 ApplicationDefinition and on how the API server turns one into a served kind
(upstream's ``pkg/cmd/server`` and ``pkg/config``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from cozygen.catalog import codes
from cozygen.catalog.compact import compact
from cozygen.catalog.duration import canonical_duration
from cozygen.catalog.model import Application, ChartRef
from cozygen.diagnostics import Diagnostic, Place
from cozygen.schema import Schema
from cozygen.schema.build import choice, list_of, map_of, text
from cozygen.schema.validator import compiled
from cozygen.yamlio import deep_place

SHARD_LABEL = "sharding.fluxcd.io/key"  # the shard operator owns it; never in Git
_ANNOTATION = "release.cozystack.io/helm-"
_DEFAULT_TIMEOUT = "10m0s"


def _open(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


_name = text(pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", says="is no lower-case name")
_DEFINITION = Schema(
    _open(
        {
            "apiVersion": {"const": "cozystack.io/v1alpha1"},
            "kind": {"const": "ApplicationDefinition"},
            "metadata": _open({"name": text(), "annotations": map_of(text())}, ["name"]),
            "spec": _open(
                {
                    "application": _open(
                        {
                            "kind": text(pattern="^[A-Z][A-Za-z0-9]*$", says="is no kind, such as VMDisk"),
                            "plural": _name,
                            "singular": _name,
                            "openAPISchema": text(),
                        },
                        ["kind", "plural", "singular", "openAPISchema"],
                    ),
                    "release": _open(
                        {
                            "prefix": text(pattern="^[a-z0-9-]*$", says="cannot begin a release name"),
                            "labels": map_of(text()),
                            "chartRef": _open(
                                {
                                    "kind": choice(("ExternalArtifact", "HelmChart", "OCIRepository")),
                                    "name": text(),
                                    "namespace": text(),
                                },
                                ["kind", "name"],
                            ),
                            "waitStrategy": choice(("", "poller", "legacy")),
                            "healthCheckExprs": list_of({"type": "object"}),
                        },
                        ["prefix", "chartRef"],
                    ),
                    "dashboard": {"type": "object"},
                },
                ["application", "release"],
            ),
        },
        ["apiVersion", "kind", "metadata", "spec"],
    )
)


def read_definition(document: Mapping[str, Any], place: Place) -> tuple[Application | None, list[Diagnostic]]:
    """The application of a definition, or None where it cannot be served, and what is wrong with it.

    ``place`` is where the definition stands; a document that keeps places refines it.
    """
    found = [
        codes.MALFORMED_DEFINITION.at(
            deep_place(document, v.path, place),
            f"{'.'.join(map(str, v.path)) or 'the definition'}: {v.message}",
            hint=v.hint,
            values=v.values,
        )
        for v in _DEFINITION.violations(document)
    ]
    if found:
        return None, found
    spec = document["spec"]
    schema, wrong = _values_schema(
        document, deep_place(document, ("spec", "application", "openAPISchema"), place)
    )
    timeouts, wrong_waits = _waits(document, place)
    found = wrong + wrong_waits
    if any(d.is_error for d in found):
        return None, found
    release, dashboard = spec["release"], spec.get("dashboard") or {}
    chart = release["chartRef"]
    application = Application(
        kind=spec["application"]["kind"],
        plural=spec["application"]["plural"],
        singular=spec["application"]["singular"],
        definition=document["metadata"]["name"],
        prefix=release["prefix"],
        chart=ChartRef(chart["kind"], chart["name"], chart.get("namespace", "")),
        schema=schema,
        labels={k: v for k, v in sorted((release.get("labels") or {}).items()) if k != SHARD_LABEL},
        category=dashboard.get("category", ""),
        module=dashboard.get("module") is True,
        wait_strategy=release.get("waitStrategy") or None,
        health_check_exprs=tuple(release.get("healthCheckExprs") or ()),
        **timeouts,
    )
    return application, found


_SCHEMA_HINT = "put the chart's values.schema.json there, as one JSON text"


def _values_schema(document: Mapping[str, Any], place: Place) -> tuple[dict[str, Any], list[Diagnostic]]:
    application = document["spec"]["application"]
    try:
        schema = json.loads(application["openAPISchema"])
    except (ValueError, RecursionError) as error:
        return {}, [
            codes.BAD_VALUES_SCHEMA.at(
                place, f"openAPISchema of {application['kind']} is not JSON: {error}", hint=_SCHEMA_HINT
            )
        ]
    if not isinstance(schema, dict):
        return {}, [
            codes.BAD_VALUES_SCHEMA.at(
                place, f"openAPISchema of {application['kind']} is not a JSON object", hint=_SCHEMA_HINT
            )
        ]
    fault = _not_structural(schema)
    if fault is not None:
        return {}, [
            codes.BAD_VALUES_SCHEMA.at(
                place,
                f"openAPISchema of {application['kind']}: {fault}",
                hint="write the values out one by one",
            )
        ]
    schema = compact(schema)
    try:
        compiled(schema)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        said = str(error).splitlines()[0]
        return {}, [
            codes.BAD_VALUES_SCHEMA.at(
                place, f"openAPISchema of {application['kind']} is no schema: {said}", hint=_SCHEMA_HINT
            )
        ]
    return schema, []


def _not_structural(schema: Any) -> str | None:
    """Why the API server takes a schema for none: it follows no references, and every property is described."""
    if not isinstance(schema, dict):
        return None
    found = next((word for word in ("$ref", "$dynamicRef", "$recursiveRef") if word in schema), None)
    if found is not None:
        return f"{found} is not followed"
    properties = schema.get("properties")
    inner = list(properties.values()) if isinstance(properties, dict) else []
    if any(isinstance(item, bool) for item in inner):
        return "a property is true or false instead of a schema"
    inner += [schema.get(word) for word in ("additionalProperties", "items", "not")]
    branches = [schema.get(word) for word in ("allOf", "anyOf", "oneOf")]
    inner += [item for branch in branches if isinstance(branch, list) for item in branch]
    return next((fault for item in inner if (fault := _not_structural(item)) is not None), None)


def _waits(document: Mapping[str, Any], place: Place) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The two timeouts and whether waiting is disabled, from the annotations that say so."""
    annotations = document["metadata"].get("annotations") or {}
    found: list[Diagnostic] = []
    seconds: dict[str, str | None] = {}
    for action in ("install", "upgrade"):
        key = f"{_ANNOTATION}{action}-timeout"
        written = annotations.get(key, "")
        seconds[action] = canonical_duration(written) if written else None
        if written and seconds[action] is None:
            found.append(
                codes.BAD_TIMEOUT.at(
                    deep_place(document, ("metadata", "annotations", key), place),
                    f'{key}: "{written}" is no duration that Flux takes',
                    hint="write for example 15m or 1h30m",
                    values={"found": written},
                )
            )
    install = seconds["install"] or _DEFAULT_TIMEOUT
    key = f"{_ANNOTATION}install-disable-wait"
    written = annotations.get(key, "").strip().lower()
    at = deep_place(document, ("metadata", "annotations", key), place)
    if written not in ("", "true", "false"):
        found.append(
            codes.MALFORMED_DEFINITION.at(
                at,
                f'{key}: "{written}" is neither true nor false',
                hint='write "true" or "false"',
                values={"found": written},
            )
        )
    elif written == "true" and document["spec"]["release"].get("healthCheckExprs"):
        found.append(
            codes.IGNORED_HEALTH_CHECKS.at(at, f"{key} keeps healthCheckExprs from ever being evaluated")
        )
    waits = {
        "install_timeout": install,
        "upgrade_timeout": seconds["upgrade"] or install,
        "disable_wait": True if written == "true" else None,
    }
    return waits, found
