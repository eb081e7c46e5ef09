"""Raw patches laid over what cozygen gives: the escape hatch, and what it runs into.

A patch may add whatever Talos knows. What the baseline says already it may change or remove only if it is
marked as an override; otherwise that is a collision. Lists grow, as in Talos' own merge; an override replaces
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Literal

from cozygen.diagnostics import Place
from cozygen.emit.talos.document import DELETE, MAIN, Document, Key, in_order, key_of
from cozygen.emit.talos.merge import REPLACED, is_delete
from cozygen.platform.machines.layers import Patch
from cozygen.record import Record
from cozygen.yamlio import deep_place

_IDENTITIES = ("name", "path", "mountPath", "address", "url")
_HEAD = ("apiVersion", "kind", "name", "version")
_MISSING = object()


class Collision(Record):
    """A place where a patch that is no override meets the baseline."""

    patch: Patch
    path: tuple[str | int, ...]
    have: Any
    want: Any
    what: Literal["change", "remove"]

    @property
    def place(self) -> Place:
        """Where the patch says it."""
        return deep_place(self.patch.body, self.path, self.patch.place)


def patched(
    documents: Iterable[Document], patches: Iterable[Patch], base: Iterable[Document]
) -> tuple[list[Document], list[Collision]]:
    """The documents with all patches over them, and the collisions, whose patches do not apply there.

    ``base`` is what Talos generates below the result: what a patch removes from there stays in the result as
    an order to remove it.
    """
    out: dict[Key, Document] = {key_of(document): deepcopy(document) for document in documents}
    below = {key_of(document): document for document in base}
    collisions: list[Collision] = []
    for patch in patches:
        key = key_of(patch.body)
        layer = _Layer(patch, collisions)
        if patch.body.get("$patch") == "delete" and key != MAIN:
            layer.drop_document(out, key, key in below)
        elif key in out:
            layer.lay(out[key], below.get(key, {}), patch.body, ())
        else:
            out[key] = layer.new(patch.body, below.get(key, {}))
    return in_order(out.values()), collisions


class _Layer:
    """One patch on its way over the documents."""

    def __init__(self, patch: Patch, collisions: list[Collision]) -> None:
        self._patch = patch
        self._collisions = collisions

    def _allowed(self, path: tuple[str | int, ...], have: Any, want: Any) -> bool:
        if self._patch.override:
            return True
        what: Literal["change", "remove"] = "remove" if want is None else "change"
        self._collisions.append(Collision(self._patch, path, have, want, what))
        return False

    def drop_document(self, out: dict[Key, Document], key: Key, below: bool) -> None:
        """Remove a typed document."""
        if key in out and not self._allowed(("kind",), key, None):
            return
        out.pop(key, None)
        if below:
            out[key] = plain(self._patch.body)

    def new(self, body: Mapping[str, Any], below: Mapping[str, Any]) -> Document:
        """A document that the baseline does not have."""
        out: Document = {}
        self.lay(out, below, body, ())
        return out

    def lay(
        self,
        target: dict[str, Any],
        below: Mapping[str, Any],
        body: Mapping[str, Any],
        path: tuple[str | int, ...],
    ) -> None:
        """A mapping of the patch over one of the baseline, in place."""
        for key, value in body.items():
            here = (*path, key)
            have = target.get(key, _MISSING)
            under = below.get(key, _MISSING)
            if value is None or is_delete(value):
                self._remove(target, key, here, under)
            elif isinstance(value, Mapping) and (isinstance(have, dict) or have is _MISSING):
                inner = target.setdefault(key, {})
                if is_delete(inner):
                    inner = target[key] = {}
                self.lay(inner, under if isinstance(under, Mapping) else {}, value, here)
            elif have is _MISSING:
                target[key] = plain(value)
            elif isinstance(value, list) and isinstance(have, list):
                self._list(target, key, value, here)
            elif have != value and (
                (here[-1] in _HEAD and len(here) == 1) or self._allowed(here, have, value)
            ):
                target[key] = plain(value)

    def _remove(self, target: dict[str, Any], key: str, path: tuple[str | int, ...], under: Any) -> None:
        if key in target and not is_delete(target[key]) and not self._allowed(path, target[key], None):
            return
        target.pop(key, None)
        if under is not _MISSING:
            target[key] = dict(DELETE)

    def _list(self, target: dict[str, Any], key: str, value: list[Any], path: tuple[str | int, ...]) -> None:
        have: list[Any] = target[key]
        if have == value:
            return
        if self._patch.override:
            target[key] = plain(value)
            return
        if path in REPLACED:
            self._allowed(path, have, value)
            return
        for index, item in enumerate(value):
            if item in have:
                continue
            twin = _twin(have, item)
            if twin is None:
                have.append(plain(item))
            else:
                self._allowed((*path, index), twin, item)


def _twin(have: list[Any], item: Any) -> Any:
    """An item of the same name in the list, which is another one otherwise."""
    if not isinstance(item, Mapping):
        return None
    identity = next((key for key in _IDENTITIES if key in item), None)
    if identity is None:
        return None
    same = (known for known in have if isinstance(known, Mapping) and known.get(identity) == item[identity])
    return next(same, None)


def plain(value: Any) -> Any:
    """A value as plain data, without places."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
