"""Expanding blueprints: a tenant that uses one gets its apps, clusters and child tenants.

What the tenant itself says wins over its blueprints, a later blueprint over an earlier one, merged as layers
are. Expanded values keep the place of the blueprint that wrote them. The type of a template's result is the
type that the tenant's shape has at that place: ``"{{ replicas }}"`` is a number where a number belongs and
text where text does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.schema import did_you_mean
from cozygen.spec import codes
from cozygen.spec.combine import flatten
from cozygen.spec.layers import merge, settle
from cozygen.spec.model import Entry, empty_map
from cozygen.spec.parameters import bind
from cozygen.spec.shapes.tenant import ROOT
from cozygen.spec.templates import TemplateError, evaluate, is_template, size_of
from cozygen.spec.typing import coerce, item_schema, member_schema
from cozygen.yamlio import Map, Seq, deep_place, key_place, value_place

MAX_NESTED = 50_000  # uses of blueprints by blueprints, in all
MAX_TENANTS = 100_000  # tenants that blueprints bring, in all
MAX_VALUES = 5_000_000  # values that blueprints write, in all
MAX_DEPTH = 32  # blueprints inside of one another

Trail = tuple[str, ...]
Fit = Callable[[Entry], Entry | None]


class Spent(NamedTuple):
    """What blueprints came to: uses of one another, tenants, values."""

    nested: int
    tenants: int
    values: int

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(self.nested + other.nested, self.tenants + other.tenants, self.values + other.values)

    @property
    def too_much(self) -> bool:
        """Whether it is more than a whole spec may use."""
        return self.nested > MAX_NESTED or self.tenants > MAX_TENANTS or self.values > MAX_VALUES


NOTHING = Spent(0, 0, 0)


def expand(
    tenants: Mapping[str, Entry], blueprints: Mapping[str, Entry], shape: Mapping[str, Any], fit: Fit
) -> tuple[dict[str, Entry], Spent, list[Diagnostic]]:
    """All tenants with their blueprints worked in, new child tenants included, by path; and what that took.

    ``shape`` is a tenant's, app values included; ``fit`` takes what has the wrong shape out of what a
    blueprint brings, and reports it.
    """
    expander = _Expander(blueprints, shape, fit)
    out: dict[str, Entry] = {}
    pending: dict[str, tuple[Entry, Trail]] = {path: (entry, ()) for path, entry in tenants.items()}
    queue = [_turn(path) for path in pending]
    heapify(queue)
    while queue:
        _, path = heappop(queue)
        entry, trail = pending.pop(path)
        if not entry.body.get("blueprints"):
            out[path] = entry
            continue
        whole, children = expander.expand(entry, trail)
        if expander.exhausted:  # the rest of the platform is still checked, as if nothing used a blueprint
            return {path: _alone(entry) for path, entry in tenants.items()}, expander.spent, expander.problems
        out[path] = whole
        for child, child_trail in children:
            known = pending.get(child.name)
            if known is None:
                heappush(queue, _turn(child.name))
            merged = child if known is None else _under(child, known[0])
            pending[child.name] = merged, (*(known[1] if known else ()), *child_trail)
    return out, expander.spent, expander.problems


def _alone(entry: Entry) -> Entry:
    body = entry.body.copy()
    body.drop("blueprints")
    return Entry(entry.kind, entry.name, body, entry.metadata, entry.place)


def _turn(path: str) -> tuple[int, str]:
    """When a tenant has its turn: after all above it, which may bring something for it."""
    return (0 if path == ROOT else path.count("/") + 1), path


def _under(fragment: Entry, own: Entry) -> Entry:
    """An entry with a blueprint's fragment below it; the blueprints that both use come together."""
    merged = _over(fragment, own)
    both = [e.body["blueprints"] for e in (fragment, own) if isinstance(e.body.get("blueprints"), Seq)]
    if len(both) == 2:
        uses = Seq(merged.body.origin)
        for found in both:
            uses.extend(found)
            uses.marks.extend(found.marks)
        merged.body["blueprints"] = uses
    return merged


def _over(lower: Entry, upper: Entry) -> Entry:
    body, metadata = merge(lower.body, upper.body), merge(lower.metadata, upper.metadata)
    return Entry(upper.kind, upper.name, settle(body), settle(metadata), upper.place)


_REFUSED = object()


class _Expander:
    def __init__(self, blueprints: Mapping[str, Entry], shape: Mapping[str, Any], fit: Fit) -> None:
        self.blueprints = blueprints
        self.shape = shape
        self.fit = fit
        self.problems: list[Diagnostic] = []
        self.nested = 0
        self.tenants = 0
        self.values = 0
        self.exhausted = False

    @property
    def spent(self) -> Spent:
        """What has been used so far."""
        return Spent(self.nested, self.tenants, self.values)

    def expand(self, entry: Entry, trail: Trail) -> tuple[Entry, list[tuple[Entry, Trail]]]:
        """The tenant with its blueprints below it, and the child tenants they bring, each with its trail."""
        uses = entry.body["blueprints"]
        own = entry.body.copy()
        own.drop("blueprints")
        lower = Entry("Tenant", entry.name, empty_map(own), empty_map(own), entry.place)
        children: list[tuple[Entry, Trail]] = []
        for index, use in enumerate(uses):
            place = value_place(uses, index) or entry.place
            fragment = self._instance(use, place, trail)
            if fragment is None:
                continue
            further = (*trail, use["use"])
            found = flatten(Entry("Tenant", entry.name, fragment, empty_map(own), entry.place))
            top, *below = (e if not e.body.get("blueprints") else self.fit(e) for e in found)
            children.extend((child, further) for child in below if child is not None)
            self.tenants += len(below)
            if top is not None and top.body.get("blueprints"):  # a blueprint that builds on others
                top, more = self.expand(top, further)
                children.extend(more)
            if top is not None:
                lower = _over(lower, top)
        return _over(lower, Entry(entry.kind, entry.name, own, entry.metadata, entry.place)), children

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
                    hint=f"take the use of {name} out of the blueprint {trail[-1]}",
                    related=[Related("the blueprint", blueprint.place)],
                    values={"cycle": [*trail[trail.index(name) :], name]},
                )
            )
            return None
        if not self._affordable(trail, at_name):
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

    def _affordable(self, trail: Trail, place: Place) -> bool:
        """Whether there is room for one more use of a blueprint; if not, that is said once for all of them."""
        self.nested += bool(trail)
        beyond = [
            f"{most:,} {what}"
            for found, most, what in (
                (len(trail), MAX_DEPTH, "blueprints inside of one another"),
                (self.nested, MAX_NESTED, "uses of one another"),
                (self.tenants, MAX_TENANTS, "tenants"),
                (self.values, MAX_VALUES, "values"),
            )
            if found > most
        ]
        if beyond and not self.exhausted:
            self.exhausted = True
            self._report(
                codes.BLUEPRINT_TOO_MUCH.at(
                    place,
                    f"blueprints come to more than {beyond[0]}",
                    hint="look for blueprints that bring each other many times over",
                    values={
                        "depth": len(trail),
                        "uses": self.nested,
                        "tenants": self.tenants,
                        "values": self.values,
                    },
                )
            )
        return not self.exhausted

    def _fill(self, node: Any, schema: Any, parameters: Mapping[str, Any], where: tuple[Entry, Place]) -> Any:
        """A copy of the template with every expression replaced by its typed value; what is refused is left out."""
        if isinstance(node, Map):
            self.values += len(node)
            out = Map(node.origin)
            for key, value in node.items():
                inner = member_schema(self.shape, schema, key)
                filled = self._value(value, inner, parameters, where, (node, key))
                if filled is not _REFUSED:
                    out.put(key, filled, node, key)
            return out
        if isinstance(node, Seq):
            self.values += len(node)
            items = Seq(node.origin)
            inner = item_schema(self.shape, schema)
            for index, value in enumerate(node):
                filled = self._value(value, inner, parameters, where, (node, index))
                if filled is not _REFUSED:
                    items.append(filled)
                    items.marks.append(node.marks[index])
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
                    place,
                    f"the template {value!r} is refused: {error}",
                    hint="write {{ parameter }}, with filters such as default, lower or int, or {{ a if b else c }}",
                    values={"template": value},
                )
            )
            return _REFUSED
        if isinstance(result, (Map, Seq)):
            self.values += size_of(result)
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
            return _REFUSED
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
