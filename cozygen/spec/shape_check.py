"""Holding entries against their shape, and going on with what is left of them.

Every violation becomes a diagnostic; the offending keys are then taken out, so that linking and all later
checks see only what has the right shape and report what else is wrong in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cozygen.diagnostics import Code, Diagnostic, Place
from cozygen.schema import Schema, Violation
from cozygen.schema.explain import Path
from cozygen.spec.codes import BY_VIOLATION
from cozygen.yamlio import Map, Seq, deep_place, forgone

_ROUNDS = 20


def check_shape(body: Map, shape: Schema, fallback: Place) -> tuple[Map | None, list[Diagnostic]]:
    """What of ``body`` fits ``shape`` (None if nothing does), and a diagnostic for everything that does not."""
    if shape.valid(body):
        return body, []
    found = list(shape.violations(body))
    problems = [diagnose(v, body, fallback) for v in found]
    for _ in range(_ROUNDS):
        if not found:
            return body, problems
        if any(not v.path for v in found):
            break
        body = _without(body, [v.path for v in found])
        found = list(shape.violations(body))
    return None, problems


def diagnose(
    violation: Violation,
    root: Map,
    fallback: Place,
    code_of: Callable[[str], Code] = BY_VIOLATION.__getitem__,
) -> Diagnostic:
    """The diagnostic of a violation inside ``root``."""
    on_key = violation.kind in ("unknown", "key")
    where = ".".join(str(step) for step in violation.path)
    said = (
        ".".join(str(step) for step in violation.path[:-1]) if on_key else where
    )  # the message names the key
    message = f"{said}: {violation.message}" if said else violation.message
    return code_of(violation.kind).at(
        deep_place(root, violation.path, fallback, key=on_key),
        message,
        hint=violation.hint,
        values={"path": where, **violation.values},
    )


def _without(root: Map, paths: Iterable[Path]) -> Map:
    drops: dict[str | int, list[Path]] = {}
    for path in paths:
        drops.setdefault(path[0], []).append(path[1:])
    out = Map(root.origin)
    for key in root:
        rest = drops.get(key)
        if rest is None:
            out.put(key, root[key], root, key)
        elif () not in rest:
            out.put(key, _pruned(root[key], rest), root, key)
        else:
            out.forgo(key, root)
    for key in forgone(root):
        out.forgo(key, root)
    return out


def _pruned(value: object, paths: list[Path]) -> object:
    if isinstance(value, Map):
        return _without(value, paths)
    if isinstance(value, Seq):
        drops: dict[str | int, list[Path]] = {}
        for path in paths:
            drops.setdefault(path[0], []).append(path[1:])
        out = Seq(value.origin)
        for index, item in enumerate(value):
            rest = drops.get(index, [])
            if () not in rest:
                out.append(_pruned(item, rest) if rest else item)
                out.marks.append(value.marks[index])
        return out
    return value
