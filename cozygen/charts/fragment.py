"""What comes out of a chart's line of YAML once a text has been put into it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from cozygen.charts.text import Shape
from cozygen.yamlio.scalars import resolve

_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)").fullmatch


class Reading(NamedTuple):
    """What a reader finds: nothing where the fragment is no YAML."""

    valid: bool
    value: Any = None


@lru_cache(maxsize=1024)
def reading(text: str, shape: Shape, before: str = "", after: str = "") -> Reading:
    """What comes out of ``text`` where a chart writes it in this shape."""
    body = before + text + after
    if shape in (Shape.INDENTED, Shape.MAPPING):
        body = "\n".join("    " + line for line in body.split("\n"))
    try:
        root = yaml.compose(shape.value.replace("§", body), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError):
        return Reading(False)
    if root is None or not _is_json(root):
        return Reading(False)
    holder = root.value[0][1] if isinstance(root, yaml.MappingNode) and root.value else None
    if not isinstance(holder, yaml.CollectionNode) or len(holder.value) != 2:
        return Reading(True, {})
    first = holder.value[0]
    if shape is Shape.ITEM:
        return Reading(True, _value(first))
    if shape is Shape.MAPPING:
        return Reading(True, _is_text_map(first[1]) or "not a mapping of texts")
    return Reading(True, _value(first[0] if shape in (Shape.KEY, Shape.QUOTED_KEY) else first[1]))


def _value(node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        return {}
    return node.value if _is_text(node) else resolve(node.value)


def _is_text_map(node: yaml.Node) -> bool:
    if isinstance(node, yaml.ScalarNode):
        return _value(node) is None
    return isinstance(node, yaml.MappingNode) and all(
        isinstance(v, yaml.ScalarNode) and isinstance(_value(v), str | None) for _, v in node.value
    )


def _is_text(node: yaml.ScalarNode) -> bool:
    return bool(node.style) or not node.tag.startswith("tag:yaml.org")


def _is_json(node: yaml.Node, *, key: bool = False) -> bool:
    """Whether Go can turn what it read into JSON: keys are scalars other than null, numbers are finite."""
    if isinstance(node, yaml.ScalarNode):
        if _is_text(node):
            return True
        return resolve(node.value) is not None and node.value != "<<" if key else not _INFINITE(node.value)
    if key:
        return False
    if isinstance(node, yaml.MappingNode):
        return all(_is_json(k, key=True) and _is_json(v) for k, v in node.value)
    return all(_is_json(item) for item in node.value)
