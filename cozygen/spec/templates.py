"""Expressions in blueprint values: Jinja2, sandboxed down to what a value needs.

Only ``{{ expressions }}`` are possible: no statements, no includes, no attribute of a Python object, no
unknown name, and nothing whose result could grow without bound. A spec may come from someone who should not
run code where it is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from cozygen.yamlio import Map, Seq
from cozygen.yamlio.scalars import unsendable

if TYPE_CHECKING:
    from jinja2.environment import Environment

MAX_TEXT = 64 * 1024
MAX_VALUES = 10_000
_NUMBER_MOST = 1e300
_DIGITS_MOST = 15
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
        data_of(parameters[name])
    try:
        parts = [data_of(part(**parameters)) if callable(part) else part for part in template]
        if len(parts) == 1:
            return parts[0]
        return data_of("".join(part if isinstance(part, str) else _as_text(part) for part in parts))
    except TemplateError:
        raise
    except Exception as error:  # whatever a template makes Jinja2 or Python raise is the template's fault
        raise TemplateError(_first_line(error)) from error


def data_of(value: Any) -> Any:
    """The value as data of a spec, of bounded size; raises for anything else."""
    return _data(value, [MAX_VALUES])


def _data(value: Any, left: list[int]) -> Any:
    from jinja2 import Undefined

    left[0] -= 1
    if left[0] < 0:
        raise TemplateError(f"it holds more than {MAX_VALUES:,} values")
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise TemplateError(f"it is longer than {MAX_TEXT:,} characters")
        if unsendable(value):
            raise TemplateError("it holds a control character, which Flux cannot carry")
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TemplateError("it yields a mapping with a key that is not text")
        found = {key: _data(item, left) for key, item in value.items()}
        return value if isinstance(value, Map) else _filled(Map(), found)
    if isinstance(value, list):
        items = [_data(item, left) for item in value]
        return value if isinstance(value, Seq) else _extended(Seq(), items)
    if isinstance(value, Undefined):
        raise TemplateError(f"{value._undefined_name} is not defined")
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and not -_NUMBER_MOST < value < _NUMBER_MOST
    ):
        raise TemplateError("it yields a number that is too large")
    if not isinstance(value, (int, float, bool, type(None))):
        raise TemplateError(f"it yields a {type(value).__name__}, which is no value of a spec")
    return value


def size_of(value: Any) -> int:
    """How many values a value holds, itself among them."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return 1 + sum(map(size_of, inner))


def _filled(out: Map, entries: Mapping[str, Any]) -> Map:
    out.update(entries)
    return out


def _extended(out: Seq, items: list[Any]) -> Seq:
    out.extend(items)
    return out


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
    from jinja2 import TemplateSyntaxError

    if len(text) > MAX_TEMPLATE:
        raise TemplateError(f"a template has at most {MAX_TEMPLATE:,} characters")
    try:
        return _parts(text)
    except TemplateSyntaxError as error:
        raise TemplateError(str(error.message)) from error
    except (SyntaxError, RecursionError, MemoryError) as error:  # of the Python that Jinja2 makes of it
        raise TemplateError("it is nested too deeply") from error


def _parts(text: str) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    from jinja2 import nodes

    env = _environment()
    body = env.parse(text).body
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
    env.filters |= {"join": _join, "replace": _replace, "round": _round, "sum": _sum}
    return env


def _replace(value: Any, old: Any, new: Any) -> str:
    """Jinja2's filter, refused before the result grows beyond what a value may be."""
    text, before, after = str(value), str(old), str(new)
    if len(text) + text.count(before) * max(len(after) - len(before), 0) > MAX_TEXT:
        raise TemplateError(f"the result is longer than {MAX_TEXT:,} characters")
    return text.replace(before, after)


def _join(value: Any, between: Any = "") -> str:
    """Jinja2's filter, refused before the result grows beyond what a value may be."""
    parts, separator = [_as_text(item) for item in value], str(between)
    if sum(map(len, parts)) + len(separator) * len(parts) > MAX_TEXT:
        raise TemplateError(f"the result is longer than {MAX_TEXT:,} characters")
    return separator.join(parts)


def _round(value: Any, digits: int = 0, method: str = "common") -> float:
    """Jinja2's filter for digits that a number can have: it would take ten to the power of any."""
    from jinja2.filters import do_round

    if not -_DIGITS_MOST <= digits <= _DIGITS_MOST or method not in ("common", "ceil", "floor"):
        raise TemplateError(f"numbers are rounded to at most {_DIGITS_MOST} digits, by common, ceil or floor")
    return do_round(value, digits, method)  # type: ignore[arg-type]


def _sum(value: Any) -> int | float:
    """Jinja2's filter, for numbers alone."""
    numbers = [item for item in value if isinstance(item, (int, float))]
    if len(numbers) != len(value):
        raise TemplateError("only numbers can be summed up")
    return sum(numbers)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0] or type(error).__name__
