"""What a stored release does with values schemas: close them, share what they have in common."""

from typing import Any

from cozygen.catalog.closed import as_written, closed
from cozygen.catalog.shared import expanded, expanded_definitions, factored
from cozygen.schema.build import QUANTITY

FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
AMOUNT = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "pattern": QUANTITY,
    "x-kubernetes-int-or-string": True,
}


def test_objects_that_list_keys_are_closed() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}}
    schema = {"type": "object", "properties": {"one": inner, "many": {"type": "array", "items": inner}}}
    found = closed(schema)
    assert found["additionalProperties"] is False
    assert found["properties"]["one"]["additionalProperties"] is False
    assert found["properties"]["many"]["items"]["additionalProperties"] is False


def test_free_form_and_combined_objects_stay_open() -> None:
    named = {"type": "object", "properties": {"a": {}}}
    for schema in (
        FREE,
        {**named, **FREE},
        {"type": "object"},
        {**named, "additionalProperties": {"type": "string"}},
        {**named, "anyOf": [{"properties": {"b": {}}}]},
    ):
        assert closed(schema) == schema


def test_closing_leaves_the_original_alone() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}
    closed(schema)
    assert schema == {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}


def test_shared_parts_come_back_as_they_were() -> None:
    pair = {"type": "object", "properties": {"cpu": AMOUNT, "memory": AMOUNT}}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "size": {**AMOUNT, "default": "10Gi"},
            "resources": {**pair, "default": {}},
            "preset": {"type": "string", "enum": ["t1.nano", "s1.large"], "default": "t1.nano"},
            "quota": {"type": "object", "additionalProperties": AMOUNT},
        },
    }
    shared: dict[str, Any] = {}
    stored = factored(schema, shared)
    assert stored["properties"]["size"] == {"$ref": "#/$defs/quantity", "default": "10Gi"}
    assert sorted(shared) == ["preset", "quantity", "resources"]
    assert expanded(stored, expanded_definitions(shared)) == schema


def test_a_second_list_of_presets_stays_in_place() -> None:
    shared: dict[str, Any] = {}
    for choices in (["t1.nano", "a"], ["t1.nano", "b"]):
        schema = {"type": "object", "properties": {"preset": {"type": "string", "enum": choices}}}
        assert expanded(factored(schema, shared), expanded_definitions(shared)) == schema
    assert shared["preset"]["enum"] == ["t1.nano", "a"]


def test_what_defaults_fill_in_need_not_be_written() -> None:
    entry = {"type": "object", "properties": {"a": {"default": 1}}, "required": ["a"]}
    schema = {
        "type": "object",
        "properties": {
            "fixed": {**entry, "default": {}},
            "named": {"type": "string"},
            "map": {"additionalProperties": entry},
        },
        "required": ["fixed", "named"],
    }
    found = as_written(schema)
    assert found["required"] == ["named"]
    assert "required" not in found["properties"]["fixed"]
    assert found["properties"]["map"]["additionalProperties"]["required"] == ["a"]
