"""Parser events to data with places: one pass, no intermediate nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.yamlio import codes
from cozygen.yamlio.node import Map, Origin, Seq, key_place, pack
from cozygen.yamlio.scalars import NULLS, ambiguity, resolve, unsendable

MAX_DEPTH = 100
MAX_EXPANSION = 100_000
_CORE = "tag:yaml.org,2002:"
_COLLECTION_TAGS = {_CORE + "map", _CORE + "seq"}
_MERGE = object()


class RefusedError(Exception):
    """A document that cannot be read on; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Composer:
    """Builds the documents of one parser. One instance a chunk of text."""

    def __init__(self, parser: Any, origin: Origin) -> None:
        self._next = parser.get_event
        self._origin = origin
        self._anchors: dict[str, Any] = {}
        self._expanded = 0
        self._warnings: list[Diagnostic] = []

    def documents(self) -> Iterator[tuple[Any, Place, list[Diagnostic]]]:
        """Every document: its content, where it starts, and what to warn of."""
        while True:
            event = self._next()
            if type(event) is StreamEndEvent:
                return
            if type(event) is not DocumentStartEvent:
                continue
            self._anchors.clear()
            self._expanded = 0
            self._warnings = []
            first = self._next()
            mark = first.start_mark
            body = self._node(first, 0)
            place = self._origin.place(mark.line, mark.column)
            end = self._next()
            assert type(end) is DocumentEndEvent
            yield body, place, self._warnings

    def _place(self, mark: Any) -> Place:
        return self._origin.place(mark.line, mark.column)

    def _node(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            value = self._scalar(event)
        elif kind is MappingStartEvent:
            value = self._mapping(event, depth + 1)
        elif kind is SequenceStartEvent:
            value = self._sequence(event, depth + 1)
        else:
            return self._alias(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _scalar(self, event: Any) -> Any:
        text = event.value
        tag = event.tag
        if tag is None or tag == "!":
            if event.style == '"':
                self._sendable(event, text)
            if event.style or tag == "!":
                return text
            reason = ambiguity(text)
            if reason is not None:
                self._warnings.append(
                    codes.AMBIGUOUS_SCALAR.at(
                        self._place(event.start_mark),
                        f"YAML readers disagree about the plain scalar {_short(text)}: {reason}",
                        hint=f'write "{_short(text)}" if text is meant, else an ordinary number or true or false',
                        values={"text": text},
                    )
                )
            return resolve(text)
        return self._tagged(event, tag, text)

    def _sendable(self, event: Any, text: str) -> None:
        found = unsendable(text)
        if found:
            self._warnings.append(
                codes.NOT_TEXT.at(
                    self._place(event.start_mark),
                    f"the text holds the control character 0x{ord(found.group()):02x}, which Flux cannot carry",
                    hint="take the character out",
                    values={"character": f"0x{ord(found.group()):02x}"},
                )
            )

    def _tagged(self, event: Any, tag: str, text: str) -> Any:
        if tag == _CORE + "str":
            return text
        value = resolve(text)
        wanted = {
            _CORE + "int": int,
            _CORE + "float": (int, float),
            _CORE + "bool": bool,
            _CORE + "null": type(None),
        }.get(tag)
        if wanted is None:
            self._refuse_tag(event, tag)
        if isinstance(value, bool) != (tag == _CORE + "bool") or not isinstance(value, wanted):  # type: ignore[arg-type]
            raise RefusedError(
                codes.UNKNOWN_TAG.at(
                    self._place(event.start_mark),
                    f"{text!r} is no value for the tag !!{tag.removeprefix(_CORE)}",
                    hint="remove the tag",
                    values={"tag": tag},
                )
            )
        return float(value) if tag == _CORE + "float" and value is not None else value

    def _refuse_tag(self, event: Any, tag: str) -> None:
        raise RefusedError(
            codes.UNKNOWN_TAG.at(
                self._place(event.start_mark),
                f"the tag {tag} is not known here",
                hint="remove the tag; quote the text if a string is meant",
                values={"tag": tag},
            )
        )

    def _collection(self, event: Any, depth: int) -> None:
        if event.tag not in (None, "!") and event.tag not in _COLLECTION_TAGS:
            self._refuse_tag(event, event.tag)
        if depth > MAX_DEPTH:
            raise RefusedError(
                codes.TOO_DEEP.at(
                    self._place(event.start_mark),
                    f"collections are nested more than {MAX_DEPTH} deep",
                    hint="no spec needs this depth; look for a runaway indentation or generator",
                    values={"limit": MAX_DEPTH},
                )
            )

    def _sequence(self, event: Any, depth: int) -> Seq:
        self._collection(event, depth)
        out = Seq(self._origin)
        marks = out.marks
        event = self._next()
        while type(event) is not SequenceEndEvent:
            start = event.start_mark
            line, column = start.line, start.column
            out.append(self._node(event, depth))
            marks.append(pack(line, column, line, column))
            event = self._next()
        return out

    def _mapping(self, event: Any, depth: int) -> Map:
        self._collection(event, depth)
        out = Map(self._origin)
        marks = out.marks
        merges: list[tuple[Any, Any]] = []
        event = self._next()
        while type(event) is not MappingEndEvent:
            start = event.start_mark
            key_line, key_column = start.line, start.column
            key = self._key(event)
            event = self._next()
            start = event.start_mark
            value = self._node(event, depth)
            if key is _MERGE:
                merges.append((start, value))
            else:
                if key in out:
                    self._duplicate(out, key, key_line, key_column)
                out[key] = value
                marks[key] = pack(key_line, key_column, start.line, start.column)
            event = self._next()
        for start, value in merges:
            self._merge(out, start, value)
        return out

    def _key(self, event: Any) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            key = self._alias(event)
        elif kind is ScalarEvent:
            text: str = event.value
            if event.style == '"':
                self._sendable(event, text)
            if event.anchor is not None:
                self._anchors[event.anchor] = text if event.style else resolve(text)
            if not event.style and event.tag is None:
                if text == "<<":
                    return _MERGE
                value = resolve(text)
                if type(value) is str:
                    return value
                if type(value) is int and str(value) == text:
                    return text
                self._refuse_key(event, text, value)
            if event.tag not in (None, "!", _CORE + "str"):
                self._refuse_tag(event, event.tag)
            key = text
        else:
            raise RefusedError(
                codes.KEY_NOT_TEXT.at(
                    self._place(event.start_mark),
                    "a key has to be text, this one is a collection",
                    hint="a template in braces as a key needs quotes",
                )
            )
        if not isinstance(key, str):
            self._refuse_key(event, f"*{event.anchor}", key)
        return key

    def _refuse_key(self, event: Any, text: str, value: Any) -> None:
        shown = "null" if text in NULLS else text
        raise RefusedError(
            codes.KEY_NOT_TEXT.at(
                self._place(event.start_mark),
                f"the key {shown} is not read as text (Go makes it {_json(value)})",
                hint=f'write "{text}"' if type(event) is ScalarEvent else "write the key out",
                values={"key": text},
            )
        )

    def _duplicate(self, out: Map, key: str, line: int, column: int) -> None:
        first = key_place(out, key)
        self._warnings.append(
            codes.DUPLICATE_KEY.at(
                self._origin.place(line, column),
                f"the key {key!r} is given twice in one mapping",
                hint="remove or rename one of them",
                related=[Related("first given here", first)] if first else [],
                values={"key": key},
            )
        )

    def _merge(self, out: Map, start: Any, value: Any) -> None:
        for source in value if isinstance(value, Seq) else [value]:
            if not isinstance(source, Map):
                raise RefusedError(
                    codes.NOT_YAML.at(
                        self._place(start),
                        "this is not YAML: '<<' takes a mapping or a list of mappings",
                        hint="point the merge key at an anchored mapping",
                    )
                )
            for key in source:
                if key not in out:
                    out.put(key, source[key], source, key)

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise RefusedError(
                codes.NOT_YAML.at(
                    self._place(event.start_mark),
                    f"this is not YAML: the alias *{event.anchor} has no anchor before it",
                    hint=f"define &{event.anchor} above, or quote the text if it is meant to start with '*'",
                )
            )
        value = self._anchors[event.anchor]
        self._expanded += _size(value, MAX_EXPANSION)
        if self._expanded > MAX_EXPANSION:
            raise RefusedError(
                codes.ALIAS_BOMB.at(
                    self._place(event.start_mark),
                    f"the aliases of this document stand for more than {MAX_EXPANSION:,} values",
                    hint="write the values out, or share them with a Blueprint",
                    values={"limit": MAX_EXPANSION},
                )
            )
        return value


def _size(value: Any, most: int) -> int:
    """How many values a collection holds, aliases counted as often as they stand; beyond ``most`` not counted on."""
    found, pending = 0, [value]
    while pending and found <= most:
        item = pending.pop()
        found += 1
        if isinstance(item, (dict, list)):
            pending.extend(item.values() if isinstance(item, dict) else item)
    return found


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _json(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)
