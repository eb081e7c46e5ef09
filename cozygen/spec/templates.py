"""Expressions in blueprint values: Jinja2, sandboxed down to what a value needs.

Only ``{{ expressions }}`` are possible: no statements, no includes, no attribute of a Python object, no
unknown name, and nothing whose result could grow without bound. A spec may come from someone who should not
run code where it is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2.environment import Environment

MAX_TEXT = 64 * 1024
_FILTERS = frozenset(
    (
        "abs", "capitalize", "d", "default", "first", "float", "int", "join", "last", "length", "lower", "max",
        "min", "replace", "reverse", "round", "sort", "string", "sum", "title", "trim", "unique", "upper",
    )
)  # fmt: skip
_TESTS = frozenset(
    (
        "boolean", "defined", "eq", "even", "ge", "gt", "in", "integer", "le", "lt", "mapping", "ne", "none",
        "number", "odd", "sequence", "string", "undefined",
    )
)  # fmt: skip
_METHODS = frozenset(
    (
        "endswith", "get", "lower", "lstrip", "removeprefix", "removesuffix", "rstrip", "split", "startswith",
        "strip", "upper",
    )
)  # fmt: skip
MAX_TEMPLATE = 4096


class TemplateError(Exception):
    """A template that is refused or fails; the text says why, for the person who wrote it."""


def is_template(text: str) -> bool:
    """Whether a text value holds anything that Jinja2 would act on."""
    return "{{" in text or "{%" in text or "{#" in text


def evaluate(text: str, parameters: Mapping[str, Any]) -> Any:
    """The value of a text: of a single expression whatever it yields, else the text with results put in."""
    template, names = _compile(text)
    for name in names:
        if name not in parameters:
            raise TemplateError(f"{name} is not a parameter of the blueprint")
    try:
        parts = [part(**parameters) if callable(part) else part for part in template]
        for part in parts:
            _limit(part)
        if len(parts) == 1:
            return parts[0]
        out = "".join(part if isinstance(part, str) else _as_text(part) for part in parts)
    except TemplateError:
        raise
    except Exception as error:  # whatever a template makes Jinja2 or Python raise is the template's fault
        raise TemplateError(_first_line(error)) from error
    _limit(out)
    return out


def _limit(value: Any) -> None:
    from jinja2 import Undefined

    if isinstance(value, Undefined):
        raise TemplateError(f"{value._undefined_name} is not defined")
    if not isinstance(value, (str, int, float, bool, list, dict, type(None))):
        raise TemplateError(f"it yields a {type(value).__name__}, which is no value of a spec")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise TemplateError(f"the result is longer than {MAX_TEXT:,} characters")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TemplateError("a list or mapping cannot stand inside a text; make the expression the whole value")


@lru_cache(maxsize=4096)
def _compile(text: str) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The parts of a template, texts and callables, and the names that it uses."""
    from jinja2 import TemplateSyntaxError, nodes

    if len(text) > MAX_TEMPLATE:
        raise TemplateError(f"a template has at most {MAX_TEMPLATE:,} characters")
    env = _environment()
    try:
        body = env.parse(text).body
    except TemplateSyntaxError as error:
        raise TemplateError(str(error.message)) from error
    parts: list[Any] = []
    names: dict[str, None] = {}
    for node in body:
        if not isinstance(node, nodes.Output):
            raise TemplateError("only {{ expressions }} are possible here, no {% statements %}")
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                parts.append(part.data)
            else:
                _judge(part)
                names.update(
                    (name.name, None)
                    for name in (part, *part.find_all(nodes.Name))
                    if isinstance(name, nodes.Name)
                )
                parts.append(_callable(env, part))
    return tuple(parts), tuple(names)


def _judge(node: Any) -> None:
    from jinja2 import nodes

    for item in (node, *node.find_all(nodes.Node)):
        if isinstance(item, nodes.Filter) and item.name not in _FILTERS:
            raise TemplateError(
                f"the filter {item.name} is not possible here; there are: {', '.join(sorted(_FILTERS))}"
            )
        if isinstance(item, nodes.Test) and item.name not in _TESTS:
            raise TemplateError(f"the test {item.name} is not possible here")
        if isinstance(item, nodes.Getattr) and item.attr.startswith("_"):
            raise TemplateError(f"the attribute {item.attr} is not possible here")
        if isinstance(item, nodes.Call) and not (
            isinstance(item.node, nodes.Getattr) and item.node.attr in _METHODS
        ):
            raise TemplateError(f"only these can be called here: {', '.join(sorted(_METHODS))}")
        if isinstance(item, (nodes.Mul, nodes.Pow, nodes.Mod)):
            _judge_arithmetic(item)


def _judge_arithmetic(item: Any) -> None:
    from jinja2 import nodes

    if isinstance(item, nodes.Pow):
        raise TemplateError("** is not possible here")
    for side in (item.left, item.right):
        if isinstance(side, nodes.Const) and isinstance(side.value, str):
            raise TemplateError("texts can be joined with ~, but not multiplied or formatted")


def _callable(env: Environment, node: Any) -> Any:
    from jinja2 import nodes
    from jinja2.environment import TemplateExpression

    body = [nodes.Assign(nodes.Name("result", "store"), node, lineno=1)]
    template = env.from_string(nodes.Template(body, lineno=1))
    return TemplateExpression(template, undefined_to_none=False)


@cache
def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(["*", "+", "%"])

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return (
                attr in _METHODS
                and isinstance(obj, (str, dict))
                and super().is_safe_attribute(obj, attr, value)
            )

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator != "+" and not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
                raise TemplateError("only numbers can be multiplied and divided")
            result = super().call_binop(context, operator, left, right)
            if isinstance(result, (str, list)) and len(result) > MAX_TEXT:
                raise TemplateError(f"the result is longer than {MAX_TEXT:,}")
            if isinstance(result, int) and abs(result) > 1 << 63:
                raise TemplateError("the number is too large")
            return result

    env = Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    env.globals.clear()
    return env


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0] or type(error).__name__
