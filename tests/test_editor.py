"""The schema for editors: valid by its own standard, and every example fits it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from cozygen.catalog.load import load_release
from cozygen.cli.main import cli
from cozygen.spec.editor import editor_schema

EXAMPLES = Path(__file__).parents[1] / "examples"
RELEASE = load_release("v1.6.2")


def documents() -> list[tuple[str, bool, Any]]:
    """Every document of the examples; True for those of upper layers."""
    found = []
    for path in sorted(EXAMPLES.rglob("*.yaml")):
        name = path.relative_to(EXAMPLES).as_posix()
        if path.name != "cozygen.yaml":
            for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader):
                if document["apiVersion"] == "cozygen.io/v1alpha1":
                    found.append((f"{name}: {document['kind']}", "/sites/" in name, document))
    return found


DOCUMENTS = documents()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return editor_schema(RELEASE)


@pytest.fixture(scope="module")
def layer_schema() -> dict[str, Any]:
    return editor_schema(RELEASE, layer=True)


def test_both_schemas_are_of_json_schema_2020_12(
    schema: dict[str, Any], layer_schema: dict[str, Any]
) -> None:
    for one in (schema, layer_schema):
        assert one["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema_rs.meta.validate(one)


def test_every_example_fits(schema: dict[str, Any], layer_schema: dict[str, Any]) -> None:
    whole, refining = Draft202012Validator(schema), Draft202012Validator(layer_schema)
    assert len(DOCUMENTS) > 30
    assert [name for name, layer, d in DOCUMENTS if not (refining if layer else whole).is_valid(d)] == []


def test_what_is_whole_also_refines(layer_schema: dict[str, Any]) -> None:
    validator = Draft202012Validator(layer_schema)
    assert [name for name, _, document in DOCUMENTS if not validator.is_valid(document)] == []


def test_the_command_prints_both(schema: dict[str, Any], layer_schema: dict[str, Any]) -> None:
    for arguments, expected in (([], schema), (["--layer"], layer_schema)):
        assert json.loads(CliRunner().invoke(cli, ["schema", *arguments]).stdout) == expected
