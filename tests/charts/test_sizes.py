"""Presets, instance types and quantities."""

import pytest

from cozygen.catalog.instancetypes import INSTANCE_TYPES, PREFERENCES, instance_type
from cozygen.catalog.load import load_release
from cozygen.catalog.presets import LEGACY, PRESETS, preset, replacement
from cozygen.charts.kubelet import node_size
from cozygen.charts.quantity import amount, is_quantity


def test_presets_are_those_of_the_schema() -> None:
    for version in ("v1.5.4", "v1.6.2"):
        schema = load_release(version).applications["Redis"].schema
        assert set(schema["properties"]["resourcesPreset"]["enum"]) == {*PRESETS, *LEGACY}


def test_a_preset_is_cpu_memory_and_scratch_space() -> None:
    assert preset("t1.nano") == (250, 128 * 2**20, 2 * 2**30)
    assert preset("m1.4xlarge") == (32000, 256 * 2**30, 2 * 2**30)
    assert preset("medium") == preset("c1.small")
    assert preset("huge") is None
    assert replacement("2xlarge") == "c1.xlarge"
    assert replacement("c1.xlarge") is None


def test_instance_types() -> None:
    assert len(INSTANCE_TYPES) == 69
    assert len(PREFERENCES) == 59
    small = instance_type("u1.2xmedium")
    assert small is not None
    assert (small.cpus, small.memory) == (2, 4 * 2**30)
    large = instance_type("cx1.large1gi")
    assert large is not None
    assert (large.dedicated, large.hugepages) == (True, "1Gi")
    assert instance_type("o1.2xmedium") is None


@pytest.mark.parametrize(
    ("group", "memory", "cpu"),
    [
        ({"instanceType": "u1.large"}, 8 * 2**30, 2000),
        ({"instanceType": "u1.large", "resources": {"cpu": "500m", "memory": "1Gi"}}, 2**30, 500),
        ({"instanceType": ""}, None, None),
    ],
)
def test_node_sizes(group: dict[str, object], memory: float | None, cpu: float | None) -> None:
    assert node_size(group) == (memory, cpu)


@pytest.mark.parametrize(
    ("text", "is_one", "value"),
    [
        ("10Gi", True, 10 * 2**30), ("500m", True, 0.5), ("1E9", True, 1e9), ("1.5", True, 1.5), ("-1", True, -1),
        ("1e1.5", False, 0), ("5 Gi", False, 0), ("x", False, 0), ("", False, 0), ("1Gi\n", False, 0), (7, True, 7),
    ],
)  # fmt: skip
def test_quantities(text: object, value: float, *, is_one: bool) -> None:
    assert is_quantity(text) is is_one
    assert amount(text) == value
