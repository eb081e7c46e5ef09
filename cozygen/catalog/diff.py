"""What changed from one release to another, as data.

Only what someone who writes a spec could notice: kinds and their values, packages and what they need, what
the bundles install, platform values. A key that came or went is one change, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application, Component, PackageSource, Variant
from cozygen.record import Record

Kind = Literal["added", "removed", "changed"]
Area = Literal["application", "package", "bundle", "platform"]


class Change(Record):
    """One difference: what it is about (``what``) of which kind, package or value, before and after.

    ``path`` leads to a part of it: a values key, a variant, a component; entries of lists are ``[]``, of
    mappings with names of one's own ``*``.
    """

    area: Area
    name: str
    kind: Kind
    what: str
    path: str = ""
    before: Any = None
    after: Any = None

    def as_json(self) -> dict[str, Any]:
        """The stable shape that programs read."""
        out = {"area": self.area, "name": self.name, "kind": self.kind, "what": self.what}
        out |= {"path": self.path} if self.path else {}
        out |= {"before": self.before} if self.before is not None else {}
        return out | ({"after": self.after} if self.after is not None else {})


def diff(old: CatalogRelease, new: CatalogRelease) -> list[Change]:
    """All changes from one release to another, ordered by area, name, path."""
    out = [*_applications(old, new), *_packages(old, new)]
    if old.platform.get("values") and new.platform.get("values"):
        out += _bundles(old, new)
        out += _values("platform", "", old.platform["values"], new.platform["values"], "")
    return out


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted({*old, *new})


def _came_or_went(area: Area, name: str, what: str, old: object, new: object) -> Iterator[Change]:
    if old is None:
        yield Change(area, name, "added", what)
    elif new is None:
        yield Change(area, name, "removed", what)


def _applications(old: CatalogRelease, new: CatalogRelease) -> Iterator[Change]:
    whole = bool(old.platform.get("modules")) and bool(new.platform.get("modules"))
    for kind in _names(old.applications, new.applications):
        before, after = old.applications.get(kind), new.applications.get(kind)
        if not whole and not all(a is None or a.served for a in (before, after)):
            continue  # an import knows nothing of kinds without a definition
        yield from _came_or_went("application", kind, "kind", before, after)
        if before is not None and after is not None:
            yield from _fields("application", kind, "", _about(before), _about(after))
            yield from _values("application", kind, before.schema, after.schema, "")


def _about(application: Application) -> dict[str, Any]:
    chart = application.chart
    return {
        "definition": application.definition,
        "plural": application.plural,
        "prefix": application.prefix,
        "chart": f"{chart.kind} {chart.namespace}/{chart.name}",
        "package": application.package,
        "module": application.module,
        "labels": dict(application.labels),
        "install timeout": application.install_timeout,
        "upgrade timeout": application.upgrade_timeout,
        "disable wait": application.disable_wait,
        "wait strategy": application.wait_strategy,
    }


def _fields(
    area: Area, name: str, path: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for what in old:
        if old[what] != new[what]:
            yield Change(area, name, "changed", what, path, old[what], new[what])


def _values(
    area: Area, name: str, old: Mapping[str, Any], new: Mapping[str, Any], path: str
) -> Iterator[Change]:
    """Changes of a values schema at and below ``path``."""
    before, after = _described(old), _described(new)
    for what in sorted({*before, *after}):
        if before.get(what) == after.get(what):
            continue
        if what == "required" or (what == "allowed" and what in before and what in after):
            gone = [item for item in before.get(what, ()) if item not in after.get(what, ())]
            came = [item for item in after.get(what, ()) if item not in before.get(what, ())]
            if not gone and not came:
                continue  # another order
            yield Change(area, name, "changed", what, path, gone or None, came or None)
        else:
            yield Change(area, name, "changed", what, path, before.get(what), after.get(what))
    for key, was, now in _children(old, new):
        below = f"{path}.{key}" if path and key != "[]" else path + key
        if was is None:
            yield Change(area, name, "added", "value", below, None, _described(now or {}))
        elif now is None:
            yield Change(area, name, "removed", "value", below, _described(was))
        else:
            yield from _values(area, name, was, now, below)


def _described(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a change of a value would be about: type, default, allowed values, keys it must have."""
    types = schema.get("type") or [branch.get("type") for branch in schema.get("anyOf", ())]
    out: dict[str, Any] = {
        "type": " or ".join([types] if isinstance(types, str) else map(str, types)) or "any"
    }
    if "default" in schema and not schema.get("properties"):
        out["default"] = schema["default"]
    if "enum" in schema:
        out["allowed"] = list(schema["enum"])
    if schema.get("required"):
        out["required"] = sorted(schema["required"])
    return out | ({"immutable": True} if schema.get("x-immutable") else {})


def _children(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for key in _names(before, after):
        yield key, before.get(key), after.get(key)
    for word, key in (("items", "[]"), ("additionalProperties", "*")):
        was, now = old.get(word), new.get(word)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield key, was, now


def _packages(old: CatalogRelease, new: CatalogRelease) -> Iterator[Change]:
    for name in _names(old.packages, new.packages):
        before, after = old.packages.get(name), new.packages.get(name)
        yield from _came_or_went("package", name, "package", before, after)
        if before is not None and after is not None:
            yield from _variants(name, before, after)


def _variants(name: str, old: PackageSource, new: PackageSource) -> Iterator[Change]:
    for variant in _names(old.variants, new.variants):
        before, after = old.variants.get(variant), new.variants.get(variant)
        if before is None or after is None:
            yield Change("package", name, "added" if before is None else "removed", "variant", variant)
            continue
        for needed in sorted({*before.depends_on} ^ {*after.depends_on}):
            kind: Kind = "removed" if needed in before.depends_on else "added"
            yield Change("package", name, kind, "dependency", variant, *_sides(kind, needed))
        yield from _components(name, variant, before, after)


def _components(name: str, variant: str, old: Variant, new: Variant) -> Iterator[Change]:
    before, after = ({c.name: c for c in v.components} for v in (old, new))
    for component in _names(before, after):
        path = f"{variant}/{component}"
        was, now = before.get(component), after.get(component)
        if was is None or now is None:
            yield Change("package", name, "added" if was is None else "removed", "component", path)
        else:
            yield from _fields("package", name, path, _component(was), _component(now))


def _component(component: Component) -> dict[str, Any]:
    install = component.install
    return {
        "chart": component.path,
        "values files": list(component.values_files),
        "release": None if install is None else f"{install.namespace}/{install.release}",
        "privileged": None if install is None else install.privileged,
        "after": None if install is None else list(install.depends_on),
        "CRD upgrades": None if install is None else install.upgrade_crds,
    }


def _sides(kind: Kind, value: object) -> tuple[object, object]:
    return (None, value) if kind == "added" else (value, None)


def _bundles(old: CatalogRelease, new: CatalogRelease) -> Iterator[Change]:
    before, after = memberships(old), memberships(new)
    for name in _names(before, after):
        was, now = before.get(name, []), after.get(name, [])
        for gone in was:
            if gone not in now:
                yield Change("bundle", name, "removed", "member", before=gone)
        for came in now:
            if came not in was:
                yield Change("bundle", name, "added", "member", after=came)


def memberships(release: CatalogRelease) -> dict[str, list[str]]:
    """By package, in words: which bundles install it, when, in which variant."""
    out: dict[str, list[str]] = {}
    for bundle, rows in release.platform.get("bundles", {}).items():
        for row in rows["emits"]:
            conditions = [f"on {' and '.join(row['in'])}"] if "in" in row else []
            conditions += [f"with {row['if']}"] if "if" in row else []
            conditions += [f"without {row['unless']}"] if "unless" in row else []
            conditions += ["on request"] if "listed" in row else []
            for package, variant in row["packages"].items():
                shown = variant if isinstance(variant, str) else f"by {variant['$from']}"
                text = " ".join([f"{bundle}[{shown}]", ", ".join(conditions)]).strip()
                out.setdefault(package, []).append(text)
    return {name: sorted(texts) for name, texts in sorted(out.items())}
