"""Expanding blueprints: a tenant that uses one gets its apps, clusters and child tenants.

What the tenant itself says wins over its blueprints, a later blueprint over an earlier one, merged as layers
are. Expanded values keep the place of the blueprint that wrote them. The type of a template's result is the
type that the tenant's shape has at that place: ``"{{ replicas }}"`` is a number where a number belongs and
text where text does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.schema import did_you_mean
from cozygen.spec import codes
from cozygen.spec.combine import flatten
from cozygen.spec.layers import merge, settle
from cozygen.spec.model import Entry, empty_map
from cozygen.spec.parameters import bind
from cozygen.spec.templates import TemplateError, evaluate, is_template
from cozygen.spec.typing import coerce, item_schema, member_schema
from cozygen.yamlio import Map, Seq, deep_place, key_place, value_place

MAX_TENANTS = 100_000


def expand(
    tenants: Mapping[str, Entry], blueprints: Mapping[str, Entry], shape: Mapping[str, Any]
) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """All tenants with their blueprints worked in, new child tenants included, by path."""
    expander = _Expander(blueprints, shape)
    out: dict[str, Entry] = {}
    pending: dict[str, tuple[Entry, tuple[str, ...]]] = {path: (entry, ()) for path, entry in tenants.items()}
    while pending:
        path = min(pending, key=lambda p: (p.count("/"), p))
        entry, trail = pending.pop(path)
        if not entry.body.get("blueprints"):
            out[path] = entry
            continue
        whole, children = expander.expand(entry, trail)
        out[path] = whole
        for child, child_trail in children:
            known = pending.get(child.name)
            merged = child if known is None else _under(child, known[0])
            pending[child.name] = merged, (*(known[1] if known else ()), *child_trail)
        if len(out) + len(pending) > MAX_TENANTS:
            break
    return out, expander.problems


def _under(fragment: Entry, own: Entry) -> Entry:
    """An entry with a blueprint's fragment below it."""
    body = settle(merge(fragment.body, own.body))
    both = [*(fragment.body.get("blueprints") or ()), *(own.body.get("blueprints") or ())]
    if both and "blueprints" in body:
        uses = Seq(body.origin)
        for source in (fragment.body, own.body):
            found = source.get("blueprints")
            if isinstance(found, Seq):
                uses.extend(found)
                uses.marks.extend(found.marks)
        body["blueprints"] = uses
    return Entry(own.kind, own.name, body, settle(merge(fragment.metadata, own.metadata)), own.place)


class _Expander:
    def __init__(self, blueprints: Mapping[str, Entry], shape: Mapping[str, Any]) -> None:
        self.blueprints = blueprints
        self.shape = shape
        self.problems: list[Diagnostic] = []

    def expand(
        self, entry: Entry, trail: tuple[str, ...]
    ) -> tuple[Entry, list[tuple[Entry, tuple[str, ...]]]]:
        """The tenant with its blueprints below it, and the child tenants they bring, each with its trail."""
        uses = entry.body["blueprints"]
        own = entry.body.copy()
        own.drop("blueprints")
        lower: Map = empty_map(own)
        children: list[tuple[Entry, tuple[str, ...]]] = []
        for index, use in enumerate(uses):
            place = value_place(uses, index) or entry.place
            fragment = self._instance(use, place, trail)
            if fragment is None:
                continue
            flat = list(flatten(Entry("Tenant", entry.name, fragment, empty_map(own), entry.place)))
            children.extend((child, (*trail, use["use"])) for child in flat[1:] if isinstance(child, Entry))
            top = flat[0]
            if isinstance(top, Entry):
                lower = merge(lower, top.body)
        return Entry(entry.kind, entry.name, settle(merge(lower, own)), entry.metadata, entry.place), children

    def _instance(self, use: Map, place: Place, trail: tuple[str, ...]) -> Map | None:
        name = use["use"]
        at_name = value_place(use, "use") or place
        blueprint = self.blueprints.get(name)
        if blueprint is None:
            self.problems.append(
                codes.BLUEPRINT_UNKNOWN.at(
                    at_name,
                    f"there is no Blueprint {name}",
                    hint=did_you_mean(name, self.blueprints),
                    values={"blueprint": name},
                )
            )
            return None
        if name in trail:
            circle = " > ".join((*trail[trail.index(name) :], name))
            self.problems.append(
                codes.BLUEPRINT_CYCLE.at(
                    at_name,
                    f"the blueprint {name} uses itself: {circle}",
                    hint=f"take {name} out of the blueprints of the tenants inside {trail[-1]}",
                    related=[Related("the blueprint", blueprint.place)],
                    values={"cycle": [*trail[trail.index(name) :], name]},
                )
            )
            return None
        parameters, problems = bind(blueprint, use, place)
        self.problems.extend(problems)
        if parameters is None:
            return None
        template = blueprint.body["template"]
        return (
            self._fill(template, self.shape, parameters, (blueprint, place))
            if isinstance(template, Map)
            else None
        )

    def _fill(self, node: Any, schema: Any, parameters: Mapping[str, Any], where: tuple[Entry, Place]) -> Any:
        """A copy of the template with every expression replaced by its typed value."""
        if isinstance(node, Map):
            out = Map(node.origin)
            for key, value in node.items():
                filled = self._value(
                    value, member_schema(self.shape, schema, key), parameters, where, (node, key)
                )
                out.put(key, filled, node, key)
            return out
        if isinstance(node, Seq):
            items = Seq(node.origin)
            inner = item_schema(self.shape, schema)
            items.extend(
                self._value(value, inner, parameters, where, (node, i)) for i, value in enumerate(node)
            )
            items.marks = node.marks
            return items
        return node

    def _value(
        self,
        value: Any,
        schema: Any,
        parameters: Mapping[str, Any],
        where: tuple[Entry, Place],
        at: tuple[Map | Seq, Any],
    ) -> Any:
        if not isinstance(value, str):
            return self._fill(value, schema, parameters, where)
        if not is_template(value):
            return value
        blueprint, use_place = where
        place = value_place(*at) or blueprint.place
        try:
            result = evaluate(value, parameters)
        except TemplateError as error:
            self._report(
                codes.TEMPLATE_REFUSED.at(
                    place, f"the template {value!r} is refused: {error}", values={"template": value}
                )
            )
            return None
        fitted, wanted = coerce(result, self.shape, schema)
        if wanted is not None:
            self._report(
                codes.TEMPLATE_RESULT.at(
                    place,
                    f"the template {value!r} yields {result!r}, where {wanted} is needed",
                    hint=f"make it yield {wanted}",
                    related=[Related("used here", use_place)],
                    values={"template": value, "result": result},
                )
            )
            return None
        return fitted

    def _report(self, problem: Diagnostic) -> None:
        self.problems.append(problem)


def blueprint_problems(blueprint: Entry) -> Iterator[Diagnostic]:
    """What is wrong with a blueprint wherever it is used: templates as keys, defaults of the wrong type."""
    template = blueprint.body.get("template")
    yield from _template_keys(template, blueprint.place)


def _template_keys(node: Any, fallback: Place) -> Iterator[Diagnostic]:
    if isinstance(node, Map):
        for key, value in node.items():
            if is_template(key):
                yield codes.TEMPLATE_REFUSED.at(
                    key_place(node, key) or fallback,
                    f"the key {key!r} holds a template; templates are possible in values only",
                    hint="write the key out",
                    values={"template": key},
                )
            yield from _template_keys(value, deep_place(node, (key,), fallback))
    elif isinstance(node, Seq):
        for item in node:
            yield from _template_keys(item, fallback)
