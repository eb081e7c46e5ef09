"""Text that charts write without quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import Judge, found

from cozygen.charts.fragment import Reading, reading
from cozygen.charts.text import SAFE, Shape

LINES = [shape for shape in Shape if shape not in (Shape.BLOCK, Shape.INDENTED, Shape.MAPPING)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("local", "local"), ("a b", "a b"), ("x #y", "x"), ("#x", None), ("~", None), ("y", True), ("no", False),
        ("0x1F", 31), ("1_000", 1000), ("12:30:45", "12:30:45"), ("2024-01-01", "2024-01-01"), ("08", 8.0),
        (" x ", "x"), ("&x", None), ("!x", ""), ("{x}", {}), ("'x'", "x"), ("Ünïcode", "Ünïcode"),
    ],
)  # fmt: skip
def test_what_a_reader_finds(text: str, value: object) -> None:
    assert reading(text, Shape.BARE) == Reading(True, value)


@pytest.mark.parametrize(
    "text", ["a: b", "- x", "@x", "*x", "%x", "{x", "[x", '"x', "x:", "a\nb", ".inf", "{{ x }}"]
)
def test_what_is_no_yaml(text: str) -> None:
    assert not reading(text, Shape.BARE).valid


@pytest.mark.parametrize(
    ("text", "shape", "valid"),
    [
        ('a"b', Shape.QUOTED, False), ("a\\d", Shape.QUOTED, False), ("a: b", Shape.QUOTED, True),
        ("a: b", Shape.ITEM, True), ("@x", Shape.ITEM, False), ("null", Shape.KEY, False), ("a b", Shape.KEY, True),
        ("a: b #'\"", Shape.BLOCK, True), ("a\nb", Shape.BLOCK, False), ("a\nb", Shape.INDENTED, True),
        ("  a\nb", Shape.INDENTED, False),
    ],
)  # fmt: skip
def test_other_shapes(text: str, shape: Shape, *, valid: bool) -> None:
    assert reading(text, shape).valid is valid


@given(st.from_regex(SAFE, fullmatch=True))
def test_safe_text_means_itself_everywhere(text: str) -> None:
    for shape in LINES:
        assert reading(text, shape) == Reading(True, text)
    assert reading(text, Shape.BLOCK).valid


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("Redis", {"storageClass": 'a"b: c #d'}, ["CZ4020 storageClass"]),
        ("Redis", {"storageClass": "true"}, ["CZ4022 storageClass"]),
        ("HTTPCache", {"storageClass": "true"}, ["CZ4021 storageClass"]),
        ("ClickHouse", {"storageClass": "a: b"}, []),
        ("RabbitMQ", {"users": {"app": {"password": "123456"}}}, ["CZ4021 users.app.password"]),
        ("RabbitMQ", {"users": {"app": {"password": "#x"}}}, ["CZ4022 users.app.password"]),
        ("RabbitMQ", {"users": {"app": {"password": "@x"}}}, ["CZ4020 users.app.password"]),
        ("RabbitMQ", {"users": {"true": {}}}, ["CZ4021 users.true"]),
        ("NATS", {"users": {"app": {"password": 'a"b'}}}, ["CZ4020 users.app.password"]),
        ("NATS", {"users": {"app": {"password": "123456"}}}, []),
        ("Postgres", {"users": {"app": {"password": "a\nb"}}}, ["CZ4020 users.app.password"]),
        ("MongoDB", {"users": {"a": {"password": "a\nb"}}, "databases": {"d": {"roles": {"admin": ["a"]}}}}, []),
        ("MariaDB", {"backup": {"resticPassword": "a: b"}}, []),
        ("Ingress", {"whitelist": ['10.0.0.0/8"']}, ["CZ4020 whitelist.0"]),
        ("SeaweedFS", {"topology": "MultiZone", "replicationFactor": 1,
                       "volume": {"zones": {"a": {"nodeSelector": "zone"}}}},
         ["CZ4021 volume.zones.a.nodeSelector"]),
        ("SeaweedFS", {"topology": "MultiZone", "replicationFactor": 1,
                       "volume": {"zones": {"a": {"nodeSelector": "zone: a\nrack: b"}}}}, []),
        ("VMInstance", {"cloudInit": "#cloud-config\nusers: []\n"}, []),
        ("VMInstance", {"cloudInit": "  #cloud-config\nusers: []\n"}, ["CZ4020 cloudInit"]),
    ],
)  # fmt: skip
def test_texts_of_charts(judge: Judge, kind: str, values: dict[str, object], said: list[str]) -> None:
    assert judge(kind, values, "ingress" if kind == "Ingress" else "main") == said


def test_secrets_are_not_shown() -> None:
    for password in ("@hunter2", "12345678", "hunter2 #x"):
        (fault,) = found("RabbitMQ", {"users": {"app": {"password": password}}})
        assert password not in f"{fault.message} {fault.hint} {fault.values}"
        assert "hunter2" not in fault.message
