"""Which Packages can never become ready.

The operator creates nothing for a Package while one of its dependencies does not exist or is not ready, and
says so only in a condition that nobody watches. A dependency that no one creates therefore holds up, for
ever, all that depend on it directly or through others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Dependencies = Mapping[str, tuple[str, ...]]


def missing(depends_on: Dependencies, also_present: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """By package, sorted: its dependencies that do not exist."""
    present = {*depends_on, *also_present}
    found = {name: tuple(sorted(set(needed) - present)) for name, needed in depends_on.items()}
    return {name: found[name] for name in sorted(found) if found[name]}


def waiting_for(depends_on: Dependencies, roots: Iterable[str]) -> tuple[str, ...]:
    """The packages that depend on any of ``roots``, directly or through others, sorted; not the roots."""
    dependents: dict[str, list[str]] = {}
    for name, needed in depends_on.items():
        for other in needed:
            dependents.setdefault(other, []).append(name)
    found: set[str] = set()
    queue = list(roots)
    while queue:
        for name in dependents.get(queue.pop(), ()):
            if name not in found:
                found.add(name)
                queue.append(name)
    return tuple(sorted(found - set(roots)))


def never_ready(depends_on: Dependencies, also_present: Iterable[str] = ()) -> tuple[str, ...]:
    """The packages that wait for ever, sorted: those that miss a dependency and all that depend on them."""
    direct = missing(depends_on, also_present)
    return tuple(sorted({*direct, *waiting_for(depends_on, direct)}))


def needed_by(depends_on: Dependencies, name: str) -> frozenset[str]:
    """The package and all that it depends on, directly or through others, as far as they exist."""
    found: set[str] = set()
    queue = [name]
    while queue:
        here = queue.pop()
        if here in depends_on and here not in found:
            found.add(here)
            queue.extend(depends_on[here])
    return frozenset(found)
